"""`loopcmp gate --against REV` on a small project of two revisions, from git to the exit code."""

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.execution.revisions import checked_out
from tests.command_line import LOOPCMP, loopcmp

PYPROJECT = """\
[project]
name = "spin"
version = "1.0"
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""
QUICK = "def work(number: int) -> int:\n    return number\n"
SLOW = "def work(number: int) -> int:\n    for _ in range(2000):\n        pass\n    return number\n"
WRONG = "def work(number: int) -> int:\n    return -number\n"
SCENARIO = """\
import spin
from harness.scenario import Gather, scenario

async def one(number: int) -> int:
    return spin.work(number)

@scenario(returns=[0, 1])
async def spinning(gather: Gather) -> list[int]:
    return await gather(one(0), one(1))
"""
PATIENCE = 900.0
"""Seconds; only a gate that hangs takes as long."""

QUICKLY = ("--max-time", "1", "--no-progress", "-b", "asyncio")


def git(folder: Path, *words: str) -> str:
    program = shutil.which("git")
    if program is None:
        pytest.skip("there is no git here")
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        [program, *identity, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package and a scenario in a repository of one commit, and a folder for what is temporary."""
    folder = tmp_path / "project"
    (folder / "src" / "spin").mkdir(parents=True)
    (folder / "benchmarks").mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / ".gitignore").write_text("ignored\nresults\n")
    (folder / "src" / "spin" / "__init__.py").write_text(QUICK)
    (folder / "benchmarks" / "spinning.py").write_text(SCENARIO)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return folder


def change(project: Path, text: str) -> None:
    (project / "src" / "spin" / "__init__.py").write_text(text)


def state_of(project: Path) -> tuple[str, str, list[str], list[str]]:
    """What must be as before: the status, the worktrees, all files, and the folder of what is temporary."""
    files = sorted(
        str(path.relative_to(project)) for path in project.rglob("*") if "results" not in path.parts
    )
    made = (path.name for path in (project.parent / "temporary").iterdir())
    temporary = sorted(name for name in made if not name.startswith("uv-"))  # uv's own locks
    return git(project, "status", "--short"), git(project, "worktree", "list"), files, temporary


# What is compared.


def test_the_working_copy_is_taken_with_its_changes_and_new_files_but_not_with_ignored_ones(
    project: Path,
) -> None:
    change(project, SLOW)
    (project / "new").mkdir()
    for name in ("new/file", "ignored"):
        (project / name).write_text("here")
    (project / "benchmarks" / "spinning.py").unlink()
    with checked_out("HEAD", project) as revisions:
        base, head = revisions.folder / "base", revisions.folder / "head"
        assert (base / "src/spin/__init__.py").read_text() == QUICK
        assert (head / "src/spin/__init__.py").read_text() == SLOW
        assert (head / "new/file").read_text() == "here"
        assert (base / "benchmarks/spinning.py").exists()
        assert not any((head / name).exists() for name in ("ignored", "benchmarks/spinning.py"))


def test_files_that_became_folders_and_folders_that_became_files_are_taken_as_they_are(project: Path) -> None:
    shutil.rmtree(project / "benchmarks")
    (project / "benchmarks").write_text("a file")
    (project / "pyproject.toml").rename(project / "setup.py")
    (project / "pyproject.toml").mkdir()
    (project / "pyproject.toml" / "inside").write_text("here")
    git(project, "add", ".")
    with checked_out("HEAD", project) as revisions:
        head = revisions.folder / "head"
        assert (head / "benchmarks").read_text() == "a file"
        assert (head / "pyproject.toml" / "inside").read_text() == "here"


def test_other_worktrees_that_are_away_are_left_alone(project: Path) -> None:
    git(project, "worktree", "add", "--quiet", "../away", "-b", "away")
    (project.parent / "away").rename(project.parent / "moved")
    with checked_out("HEAD", project):
        pass
    assert "away" in git(project, "worktree", "list")


def test_a_path_means_the_working_copys_file_from_wherever_it_was_typed(project: Path) -> None:
    with checked_out("HEAD", project) as revisions:
        assert revisions.scenario("benchmarks/", project) == "head/benchmarks/"
        assert revisions.scenario("x.py", project / "benchmarks") == "head/benchmarks/x.py"
        assert revisions.scenario("../x.py", project / "benchmarks") == "head/x.py"
        assert revisions.scenario("../x.py", project) == str(project.parent / "x.py")


def _interrupted(project: Path) -> None:
    with checked_out("HEAD", project) as revisions:
        (revisions.folder / "base" / "build").mkdir()
        raise KeyboardInterrupt


def test_nothing_is_left_however_it_ends(project: Path) -> None:
    change(project, SLOW)
    before = state_of(project)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(project)
    assert state_of(project) == before


@pytest.mark.parametrize(
    ("revision", "where", "words"),
    [
        ("nowhere", ".", "no revision 'nowhere' here: fetch it first"),
        ("--help", ".", "no revision '--help' here"),
        ("HEAD", "src", "start loopcmp in the folder of the project"),
        ("HEAD", "..", "in no git repository"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_type(
    project: Path, monkeypatch: pytest.MonkeyPatch, revision: str, where: str, words: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent.parent))
    with pytest.raises(BadInput, match=re.escape(words)), checked_out(revision, project / where):
        pytest.fail("it was checked out")


# The command.


def gate(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the gate does: two environments are made, and rounds take their time on a busy machine."""
    return subprocess.run(
        [LOOPCMP, "gate", "--against", "HEAD", "benchmarks/", *QUICKLY, *words],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.workers
def test_a_busy_loop_in_the_working_copy_fails_the_gate_and_the_repository_is_as_before(
    project: Path,
) -> None:
    change(project, SLOW)
    before = state_of(project)
    done = gate(project, "--json")
    assert done.returncode == 1, done.stderr
    [case] = json.loads(done.stdout)["gate"]["cases"]
    assert (case["benchmark"], case["backend"], case["decision"]) == ("spinning", "asyncio+gather", "FAIL")
    assert case["ratio"]["low"] > 1
    assert "FAIL: spinning on asyncio takes" in done.stderr
    assert state_of(project) == before
    [kept] = (project / "results" / "local").iterdir()
    assert (kept / "report.html").exists()
    assert str(project.parent) not in (kept / "record.json").read_text()


@pytest.mark.workers
def test_a_wrong_result_fails_the_gate(project: Path) -> None:
    change(project, WRONG)
    done = gate(project, "--format", "markdown")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("**FAIL**: spinning on asyncio gives a different result")
    assert len(done.stdout.splitlines()) <= 10


@pytest.mark.workers
@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("pyproject.toml", "[project]\n", "the working copy cannot be installed: "),
        ("src/bench.py", SCENARIO, "move the scenarios into a folder of their own"),
    ],
)
def test_what_cannot_be_installed_or_told_apart_is_refused(
    project: Path, file: str, text: str, words: str
) -> None:
    (project / file).write_text(text)
    done = loopcmp(project, "gate", "--against", "HEAD", "src/" if "src" in file else "benchmarks/", *QUICKLY)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "install" not in words or "uv pip install ." in done.stderr


@pytest.mark.workers
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(project: Path, number: signal.Signals) -> None:
    before = state_of(project)
    with subprocess.Popen(
        [LOOPCMP, "gate", "--against", "HEAD", "benchmarks/", "-b", "asyncio", "--max-time", "600"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        first = next(line for line in process.stderr if "making environment" in line)
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == 128 + number, first + rest
    assert "the same command begins again" in rest
    assert state_of(project) == before
