"""`loopcmp fuzz` as it is typed: what it prints, what it refuses, how it ends, and how it goes on."""

import json
import signal
import site
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.store.publications import read_campaign
from tests.command_line import LOOPCMP, PATIENCE, here

EARLY_LOOP = """
import asyncio


class EarlyLoop(asyncio.SelectorEventLoop):
    def call_at(self, when, callback, *args, context=None):
        early = when - 0.4 * (when - self.time())
        return super().call_at(early, callback, *args, context=context)
"""


def fuzz(*words: str, folder: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [str(LOOPCMP), "fuzz", *words, "--folder", str(folder / "results"), "--no-progress"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def early_loop(tmp_path: Path) -> Iterator[str]:
    """An environment-independent loop of the user's own, whose timers come early: NAME=module:factory."""
    folder = Path(site.getsitepackages()[0])
    module = folder / "loopcmp_test_early_loop.py"
    module.write_text(EARLY_LOOP)
    yield "early=loopcmp_test_early_loop:EarlyLoop"
    module.unlink()
    assert tmp_path


@pytest.mark.workers
def test_a_campaign_without_findings_ends_with_0_and_says_how_many_programs_were_judged(
    tmp_path: Path,
) -> None:
    done = fuzz("-b", "asyncio", "-b", "trio", "--programs", "100", folder=tmp_path)
    assert done.stdout.startswith("No new finding\n")
    assert "asyncio+gather: 100 programs judged, 0 undecided, 0 late; " in done.stdout
    assert "trio+nursery: 100 programs judged" in done.stdout


@pytest.mark.workers
def test_a_backend_of_an_environment_finds_there_what_programs_need(tmp_path: Path) -> None:
    python = f"fresh={sys.version_info.major}.{sys.version_info.minor}"
    done = fuzz("-b", "asyncio@fresh", "--env", python, "--programs", "20", folder=tmp_path)
    assert "asyncio+gather@fresh: 20 programs judged" in done.stdout


@pytest.mark.workers
def test_what_a_campaign_writes_can_be_published(tmp_path: Path) -> None:
    fuzz("-b", "asyncio", "--programs", "60", "-o", "fuzz.json", folder=tmp_path)
    campaign = read_campaign(tmp_path / "fuzz.json")
    assert [(one.backend, one.totals.judged) for one in campaign.backends] == [("asyncio+gather", 60)]


@pytest.mark.workers
def test_json_holds_the_totals_and_the_findings(tmp_path: Path) -> None:
    summary = json.loads(fuzz("-b", "asyncio", "--programs", "60", "--json", folder=tmp_path).stdout)
    (backend,) = summary["backends"]
    assert backend["totals"]["judged"] == 60
    assert summary["findings"] == []


@pytest.mark.workers
def test_the_same_command_goes_on_and_does_nothing_twice(tmp_path: Path) -> None:
    fuzz("-b", "asyncio", "--programs", "60", folder=tmp_path)
    assert (
        "asyncio+gather: 100 programs" in fuzz("-b", "asyncio", "--programs", "100", folder=tmp_path).stdout
    )


@pytest.mark.workers
def test_a_faulty_loop_ends_with_1_a_small_program_and_a_script_that_shows_it(
    tmp_path: Path, early_loop: str
) -> None:
    words = ("-b", "early", "--loop", early_loop, "--profile", "timers", "--programs", "50")
    done = fuzz(*words, folder=tmp_path, code=1)
    assert "allowed" in done.stdout
    (script, *_) = sorted((tmp_path / "results" / "findings").glob("*.py"))
    assert f"the script {script.name} shows it" in done.stdout
    finding = script.with_suffix(".json")
    replayed = fuzz("-b", "early", "--loop", early_loop, "--replay", str(finding), folder=tmp_path, code=1)
    assert "early+gather: not as it should be" in replayed.stdout
    assert (
        "asyncio+gather: as it should be"
        in fuzz("-b", "asyncio", "--replay", str(finding), folder=tmp_path).stdout
    )


@pytest.mark.workers
def test_against_another_family_lists_the_documented_differences_and_fails_nothing(tmp_path: Path) -> None:
    words = ("-b", "asyncio", "--against", "trio", "--profile", "tasks", "--programs", "300")
    done = fuzz(*words, folder=tmp_path)
    assert "differs as documented: learns_late" in done.stdout
    assert "https://docs.python.org" in done.stdout


@pytest.mark.workers
def test_a_law_can_be_switched_off_for_a_loop_and_that_is_shown(tmp_path: Path) -> None:
    words = ("-b", "asyncio", "--programs", "50", "--without-law", "asyncio=descriptors left")
    assert "switched off: descriptors left" in fuzz(*words, folder=tmp_path).stdout


@pytest.mark.workers
def test_an_interrupted_campaign_says_how_to_go_on(tmp_path: Path) -> None:
    command = [str(LOOPCMP), "fuzz", "-b", "asyncio", "--seconds", "60", "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while sum(journal.read_bytes().count(b"chunk") for journal in tmp_path.glob("*/*.jsonl")) < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "to go on: loopcmp fuzz -b asyncio" in errors


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--against", "curio"], "is no family"),
        (["--part", "3/2"], "has not the shape K/N"),
        (["--without-law", "warned"], "has not the shape LOOP=LAW"),
        (["--replay", "no_such_file"], "cannot be read"),
        (["-b", "asyncioo"], "did you mean asyncio"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    words: list[str], why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "fuzz", *words) == 2
    assert why in capsys.readouterr().err
