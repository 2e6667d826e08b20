"""The command line as it is typed: what it prints where, what it refuses, how it ends, and how it goes on."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from harness.records import store
from harness.records.entries import BenchmarkFinished, CaseObserved, RoundMeasured, RunFinished
from harness.report import Format, render
from harness.report.charts.images import chart_images
from harness.report.formats.markdown import illustrated
from harness.runner.planning import command_line
from tests.command_line import LOOPCMP, PATIENCE, here, loopcmp, program
from tests.records import ASYNCIO, TRIO, UVLOOP, everything

COMMANDS: dict[str, Any] = program().commands

MINE = """\
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario


async def one(number: int) -> int:
    await checkpoint()
    return number


@scenario(returns=[0, 1, 2])
async def mine(gather: Gather) -> list[int]:
    return await gather(*map(one, range(3)))
"""

TWO_ROWS = f"""{MINE}

@scenario(returns=7, timed=False)
async def untimed() -> int:
    return await one(7)


@scenario(returns=8)
async def more() -> int:
    return await one(8)
"""

DIFFERING = """\
from anyio import get_cancelled_exc_class

from harness.scenario import scenario


@scenario(returns="trio.Cancelled", timed=False)
async def names_its_library() -> str:
    return f"{get_cancelled_exc_class().__module__.split('.')[0]}.Cancelled"
"""

MISSPELT = """\
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario


async def one() -> int:
    await checkpont()
    return 1


@scenario()
async def misspelt(gather: Gather) -> list[int]:
    return await gather(one())
"""

TWO_MATCH = """\
from harness.scenario import Gather, differs, scenario


@scenario(
    returns=1,
    differs=[
        differs(on="*+gather", returns=2, because="one", source="here"),
        differs(on="asyncio+*", returns=3, because="another", source="there"),
    ],
)
async def mine(gather: Gather) -> int:
    return 1
"""

NO_SPECIFIER = TWO_MATCH.replace("source=", 'python="3.12", source=')

BROKEN = """\
def divide(by):
    return 1 / by


NUMBER = divide(by=0)
"""


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def assert_refused(stderr: str, *words: str) -> None:
    """One line that says what is wrong and what to do, and no traceback."""
    assert stderr.startswith("loopcmp: ")
    assert stderr.count("\n") == 1
    assert [word for word in words if word not in stderr] == []


# Bad input: nothing is written.

PROBE = "say_after_example"


@pytest.mark.workers
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("run nothing_such", ["'nothing_such'", "loopcmp list"]),
        ("run say_after_exampel", ["did you mean say_after_example?"]),
        ("run nowhere.py", ["no scenario file nowhere.py"]),
        ("run mine.py -b uvlop", ["'uvlop'", "did you mean uvloop?", "loopcmp list backends"]),
        ("run mine.py --baseline trio+anyio", ["trio+anyio", "add -b trio+anyio"]),
        ("run mine.py --loop new", ["NAME=module:factory"]),
        ("run mine.py --loop uvloop=uvloop:new_event_loop", ["'uvloop'", "choose a new name"]),
        ("run mine.py --loop new=nowhere:new_loop", ["No module named 'nowhere'", "or name it in --env"]),
        ("run mine.py --loop new=os:new_loop", ["'new_loop'", "name a module"]),
        (
            "run mine.py --loop new=os:getcwd",
            ["makes a str, which is no asyncio event loop", "name a module"],
        ),
        ("run mine.py --loop new=json:loads", ["required positional argument", "name a module"]),
        ("run mine.py --margin huge", ["--margin 'huge'", "2% or 0.02"]),
        ("run mine.py --precision 200%", ["--precision '200%'", "2% or 0.02"]),
        ("run mine.py --fast --rigorous", ["--fast", "leave out --rigorous"]),
        ("run mine.py --publish ../elsewhere", ["'../elsewhere'", "cannot name a folder"]),
        ("run mine.py copy.py", ["two scenarios are called mine"]),
        ("resume", ["no unfinished run", "name the folder"]),
        ("resume nowhere", ["nowhere", "is no record of loopcmp"]),
        ("run --resume", ["run --resume has been replaced", "type loopcmp resume [FOLDER]"]),
        ("run --resume nowhere --json", ["type loopcmp resume [FOLDER]"]),
        ("list --envs", ["list --envs has been replaced", "type loopcmp list environments"]),
        ("run two.py", ["two.py", "two differences for asyncio+gather", "narrow one of them"]),
        ("run empty.py", ["empty.py defines no scenario", "@scenario"]),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(tmp_path: Path, typed: str, words: list[str]) -> None:
    sources = {"mine.py": MINE, "copy.py": MINE, "two.py": TWO_MATCH, "empty.py": ""}
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
    done = loopcmp(tmp_path, *typed.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert_refused(done.stderr, *words)
    assert files(tmp_path) == {tmp_path / name for name in sources}


@pytest.mark.workers
@pytest.mark.parametrize(
    ("typed", "source"),
    [
        pytest.param("check mine.py --loop new=trio.lowlevel:current_task", MINE, id="factory raises"),
        pytest.param("check mine.py --loop new=os:abort", MINE, id="factory aborts"),
        pytest.param(
            "check mine.py", TWO_MATCH.replace("source=", 'python="3.12", source='), id="no specifier"
        ),
    ],
)
def test_bad_input_that_ends_a_worker_or_is_found_late_is_one_line_too(
    tmp_path: Path, typed: str, source: str
) -> None:
    (tmp_path / "mine.py").write_text(source)
    done = loopcmp(tmp_path, *typed.split())
    assert done.returncode == 2
    assert_refused(done.stderr)


@pytest.mark.workers
def test_a_module_that_does_not_import_is_shown_with_the_users_own_frames_only(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    done = loopcmp(tmp_path, "run", "broken.py")
    *trace, last = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert last == "loopcmp: broken.py does not import: ZeroDivisionError: division by zero"
    frames = [line.strip().split(",")[0] for line in trace if line.lstrip().startswith("File ")]
    assert frames == [f'File "{tmp_path / "broken.py"}"'] * 2
    assert files(tmp_path) == {tmp_path / "broken.py"}


def newer(data: bytes) -> bytes:
    return data.replace(b'"version":2', b'"version":99', 1)


@pytest.mark.parametrize("command", ["report", "compare"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (None, "No such file"),
        (lambda data: data[: len(data) // 2], "cut short"),
        (lambda _: b'{"benchmarks": []}', "is no record of loopcmp"),
        (lambda _: b"hello", "is no record of loopcmp"),
        (newer, "newer than this loopcmp's"),
    ],
    ids=["missing", "truncated", "foreign", "text", "newer"],
)
def test_what_is_no_record_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    damage: Any,
    words: str,
) -> None:
    path = tmp_path / "record.json"
    if damage is not None:
        store.write_record(tmp_path, everything())
        path.write_bytes(damage(path.read_bytes()))
    assert here(monkeypatch, command, path) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert_refused(shown.err, str(path), words)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    store.write_record(tmp_path, everything())
    return tmp_path


@pytest.mark.parametrize("form", ["terminal", "markdown", "csv", "json"])
@pytest.mark.parametrize("name", [".", "record.json"])
def test_report_renders_a_record_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], saved: Path, form: str, name: str
) -> None:
    assert here(monkeypatch, "report", saved / name, "--format", form) == 0
    shown = capsys.readouterr()
    expected = render(store.read_record(saved), Format(form)).splitlines()
    assert [line.rstrip() for line in shown.out.splitlines()] == expected
    assert shown.err == ""


def test_a_format_that_there_is_not_is_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], saved: Path
) -> None:
    assert here(monkeypatch, "report", saved, "--format", "pdf") == 2
    assert_refused(capsys.readouterr().err, "'pdf'", "terminal, markdown")


@pytest.mark.parametrize(
    ("records", "options", "heads"),
    [
        (1, [], ["uvloop", "trio"]),
        (1, ["--baseline", TRIO], ["asyncio", "uvloop"]),
        (2, [], ["old", "new", "change"]),
    ],
)
def test_compare_shows_one_table(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    saved: Path,
    records: int,
    options: list[str],
    heads: list[str],
) -> None:
    assert here(monkeypatch, "compare", *[saved] * records, *options, "--details") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert [head for head in ["benchmark", *heads, "order:n=100"] if head not in shown.out] == []


def test_compare_takes_a_bare_loop_name_for_its_default_gatherer(
    monkeypatch: pytest.MonkeyPatch, saved: Path
) -> None:
    assert here(monkeypatch, "compare", saved, "--baseline", "trio") == 0


def test_a_baseline_is_refused_between_two_records_which_have_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], saved: Path
) -> None:
    assert here(monkeypatch, "compare", saved, saved, "--baseline", TRIO) == 2
    assert_refused(capsys.readouterr().err, "--baseline")


@pytest.mark.parametrize("typed", ["", "--help", "-h"])
def test_help_names_every_command_and_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    code = here(monkeypatch, *typed.split())
    shown = capsys.readouterr()
    assert code == (0 if typed else 2)
    codes = ["0 all well", "1 a finding", "2 usage", "3 could not measure", "129, 130 and 143 interrupted"]
    said = " ".join((shown.out + shown.err).split())
    assert [words for words in [*COMMANDS, *codes] if words not in said] == []


COMMON = {
    "-b", "--backend", "--loop", "--baseline", "--precision", "--margin", "--max-time", "--results",
    "--publish", "--json", "--no-progress", "--fast", "--rigorous",
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_says_what_it_does_in_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert here(monkeypatch, command, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    helps = [" ".join((parameter.help or "").split()) for parameter in COMMANDS[command].params]
    assert [words for words in helps if len(words) < 10 or words not in shown] == []


def test_the_list_of_commands_cuts_no_summary_at_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert here(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    summaries = {name: command.get_short_help_str(200) for name, command in COMMANDS.items()}
    assert [name for name, summary in summaries.items() if not 0 < len(summary) <= 50] == []
    for name, summary in summaries.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", shown, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_what_an_option_takes_and_no_type_of_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert here(monkeypatch, command, "--help") == 0
    shown = capsys.readouterr().out
    assert re.findall(r"<(?!date>)[A-Za-z_ ]+>", shown) == []  # a range is 1<=x<=9
    assert "Examples:\n" in shown


def test_the_help_of_run_shows_its_options_in_groups(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "run", "--help") == 0
    headings = re.findall(r"^(\S.*):$", capsys.readouterr().out, re.MULTILINE)
    assert headings == [
        "Arguments",
        "What to run",
        "How precisely",
        "On which machines",
        "Output",
        "Other options",
    ]


def test_version_is_one_line_of_all_that_takes_part(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "--version") == 0
    [line] = capsys.readouterr().out.splitlines()
    names = [part.split()[0] for part in line.split(", ")]
    assert names == ["loopcmp", "Python", "anyio", "uvloop", "trio", "pyperf"]
    assert f"trio {version('trio')}" in line


def test_a_library_that_is_missing_is_not_installed(tmp_path: Path) -> None:
    """The metadata of the distributions is a fake here: it knows no uvloop."""
    program = (
        "import importlib.metadata as metadata\n"
        "known = metadata.version\n"
        "def version(name):\n"
        "    if name == 'uvloop': raise metadata.PackageNotFoundError(name)\n"
        "    return known(name)\n"
        "metadata.version = version\n"
        "from harness.cli.versions import versions\n"
        "print(versions())\n"
    )
    shown = subprocess.check_output([sys.executable, "-c", program], cwd=tmp_path, text=True)
    assert "uvloop not installed, trio " in shown


def test_run_has_every_option_that_the_design_names() -> None:
    assert {word for parameter in COMMANDS["run"].params for word in parameter.opts} >= COMMON


# What is typed and does work.


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with a scenario of the user's own."""
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


@pytest.mark.workers
def test_listings_are_json_arrays_of_objects_with_a_name(mine: Path) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in ("scenarios", "backends"):
        done = loopcmp(mine, "list", kind, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        found[kind] = json.loads(done.stdout)
    names = {kind: [entry["name"] for entry in entries] for kind, entries in found.items()}
    assert {PROBE, "order:n=1", "order:n=1000"} <= set(names["scenarios"])
    assert names["backends"][:3] == [ASYNCIO, UVLOOP, TRIO]
    assert {"asyncio+taskgroup", "uvloop+taskgroup", "asyncio+anyio", "uvloop+anyio", "trio+anyio"} < set(
        names["backends"]
    )
    assert max(Counter(names["scenarios"] + names["backends"]).values()) == 1


@pytest.mark.workers
def test_check_json_is_one_object_per_case_on_stdout_and_progress_is_on_stderr(mine: Path) -> None:
    done = loopcmp(mine, "check", "mine.py", "order:n=10", "--json", "-b", "asyncio", "-b", "trio+anyio")
    cases = json.loads(done.stdout)
    assert done.returncode == 0
    assert "4 cases" in done.stderr
    assert [(case["benchmark"], case["backend"], case["verdict"]) for case in cases] == [
        (row, backend, "same result") for row in ("order:n=10", "mine") for backend in (ASYNCIO, "trio+anyio")
    ]
    assert cases[0]["parameters"] == {"n": 10}
    assert cases[2]["observed"][0]["outcome"] == "returned [0, 1, 2]"
    assert files(mine) == {mine / "mine.py"}


@pytest.mark.workers
def test_without_progress_stderr_is_empty(mine: Path) -> None:
    done = loopcmp(mine, "check", "mine.py", "-b", "asyncio", "--no-progress")
    assert (done.returncode, done.stderr) == (0, "")
    assert "same result" in done.stdout


@pytest.mark.workers
def test_a_difference_is_shown_side_by_side_and_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(DIFFERING)
    done = loopcmp(tmp_path, "check", "mine.py", "-b", "trio", "-b", "asyncio", "--no-progress")
    assert (done.returncode, done.stderr) == (1, "")
    assert "names_its_library on asyncio" in done.stdout
    [beside] = [line for line in done.stdout.splitlines() if "→" in line]
    assert beside.split()[1:] == ["returned", "'trio.Cancelled'", "returned", "'asyncio.Cancelled'"]


@pytest.mark.workers
@pytest.mark.parametrize("command", ["check typo.py", "check typo.py -b asyncio", "run typo.py --fast"])
def test_a_scenario_that_raises_everywhere_is_exit_code_3_and_is_told_where(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "typo.py").write_text(MISSPELT)
    line = next(number for number, text in enumerate(MISSPELT.splitlines(), 1) if "checkpont()" in text)
    done = loopcmp(tmp_path, *command.split())
    said = f"raises NameError on every backend (typo.py:{line}: NameError("
    assert done.returncode == 3
    assert said in " ".join((done.stdout + done.stderr).split())
    *_, last = (line for line in done.stderr.splitlines() if not line.startswith("Report"))
    assert last.startswith("loopcmp: could not measure misspelt on asyncio")
    assert said in last
    assert (f"misspelt: {said}" in done.stderr) == command.startswith("run")


@pytest.mark.workers
def test_another_loop_is_a_backend_like_the_others(mine: Path) -> None:
    """Of a loop that is there twice, the second is the same under another name."""
    done = loopcmp(mine, "check", "mine.py", "--json", "--loop", "second=asyncio:new_event_loop")
    assert done.returncode == 0
    verdicts = {case["backend"]: case["verdict"] for case in json.loads(done.stdout)}
    assert verdicts == dict.fromkeys([ASYNCIO, UVLOOP, TRIO, "second+gather"], "same result")


@pytest.fixture
def without_uvloop(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python says that there is no uvloop, as it does where it is not installed."""
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\nsys.modules['uvloop'] = None\n")
    return {"PYTHONPATH": str(folder)}


def test_a_reader_that_has_seen_enough_is_no_finding(tmp_path: Path) -> None:
    store.write_record(tmp_path, everything())
    with subprocess.Popen(
        [LOOPCMP, "report", tmp_path, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.workers
@pytest.mark.parametrize(
    ("chosen", "code", "said"),
    [([], 0, ""), (["-b", "asyncio", "-b", "uvloop"], 3, "loopcmp: could not measure uvloop+gather: ")],
)
def test_a_missing_backend_is_unavailable_and_the_rest_goes_on(
    mine: Path, without_uvloop: dict[str, str], chosen: list[str], code: int, said: str
) -> None:
    done = loopcmp(mine, "check", "mine.py", "--json", "--no-progress", *chosen, **without_uvloop)
    assert done.returncode == code
    assert said in done.stderr
    cases = {case["backend"]: case for case in json.loads(done.stdout)}
    assert cases[ASYNCIO]["verdict"] == "same result"
    assert cases[UVLOOP]["verdict"] == "unavailable"
    assert "pip install uvloop" in cases[UVLOOP]["reason"]


# A whole run.


@dataclass(frozen=True)
class Run:
    done: subprocess.CompletedProcess[str]
    folder: Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What `loopcmp run mine.py --fast` leaves."""
    where = tmp_path_factory.mktemp("whole")
    (where / "mine.py").write_text(MINE)
    done = loopcmp(where, "run", "mine.py", "--fast")
    [folder] = (where / "results" / "local").iterdir()
    return Run(done, folder)


@pytest.mark.workers
def test_a_users_own_module_is_checked_timed_and_reported(finished: Run) -> None:
    assert finished.done.returncode == 0
    names = {str(path.relative_to(finished.folder)) for path in files(finished.folder)}
    arms = {f"timings/{name}.json.gz" for name in (ASYNCIO, UVLOOP, TRIO, "self-test")}
    charts = {"charts/answer.svg", "charts/forest.svg", "charts/memory.svg"}
    assert names == {"record.json", "journal.jsonl.gz", "report.html", "report.md", *charts, *arms}
    [line] = store.read_record(finished.folder).results
    assert [cell.verdict.kind for cell in line.cases] == ["same result"] * 3
    assert [cell.timing is not None and cell.timing.seconds.low is not None for cell in line.cases] == [
        True
    ] * 3
    assert line.rounds == 6


@pytest.mark.workers
def test_a_run_ends_with_the_answer_and_the_path_of_the_page(finished: Run) -> None:
    *_, last = finished.done.stdout.splitlines()
    page = (finished.folder / "report.html").relative_to(finished.folder.parents[2])
    assert last == f"Report  {page}"
    record = store.read_record(finished.folder)
    assert (finished.folder / "report.md").read_text() == illustrated(record, chart_images(record))
    shown = [line.rstrip() for line in finished.done.stdout.splitlines()]
    assert "\n".join(shown).startswith(render(record, Format.TERMINAL))


@pytest.mark.workers
def test_progress_goes_to_stderr_and_says_what_is_done(finished: Run) -> None:
    assert "1 benchmark, 3 cases" in finished.done.stderr
    assert re.search(r"^mine  .+  uvloop .+  trio ", finished.done.stderr, re.MULTILINE)
    assert "Time per iteration" not in finished.done.stderr


@pytest.mark.workers
def test_pyperf_reads_the_timings_of_a_real_run(finished: Run) -> None:
    both = [str(finished.folder / "timings" / f"{name}.json.gz") for name in (ASYNCIO, TRIO)]
    for words in (["stats", both[0]], ["compare_to", *both]):
        subprocess.run([sys.executable, "-m", "pyperf", *words], check=True, capture_output=True)
    written = json.loads(gzip.decompress(Path(both[0]).read_bytes()))
    [benchmark] = written["benchmarks"]
    assert [len(run["values"]) for run in benchmark["runs"]] == [5] * 6
    assert written["metadata"]["name"] == "mine"


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


@pytest.mark.workers
def test_nothing_that_is_published_names_the_machine_or_its_paths(finished: Run) -> None:
    text = "".join(map(text_of, files(finished.folder)))
    assert '"run-started"' in text
    assert str(finished.folder.parents[2]) not in text
    assert sys.executable not in text
    assert f'"{os.uname().nodename}"' not in text


# A run that is interrupted.


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A run that SIGINT interrupts, even where these tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [LOOPCMP, *words, "--no-progress"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def lines_in(results: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in results.glob("local/*/journal.jsonl"))


def wait_for_lines(run: subprocess.Popen[str], results: Path, count: int) -> None:
    """Wait until the journal has so many lines, and one at least from this run, which is then under way."""
    count = max(count, lines_in(results) + 1)
    deadline = time.monotonic() + PATIENCE
    while lines_in(results) < count:
        assert run.poll() is None, "the run was over before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def assert_every_case_exactly_once(run: Path) -> None:
    _, entries = store.read_journal(run)
    observed = [entry.benchmark for entry in entries if isinstance(entry, CaseObserved)]
    played = [(entry.benchmark, entry.number) for entry in entries if isinstance(entry, RoundMeasured)]
    assert sorted(observed) == ["mine", "more", "untimed"]
    assert sorted(played) == [(name, number) for name in ("mine", "more") for number in range(6)]
    finished = [entry.benchmark for entry in entries if isinstance(entry, BenchmarkFinished)]
    assert sorted(finished) == ["mine", "more"]
    assert [type(entry) for entry in entries].count(RunFinished) == 1
    assert isinstance(entries[-1], RunFinished)
    record = store.read_record(run)
    assert [cell.timing.seconds.rounds for line in record.results for cell in line.cases if cell.timing] == [
        6,
        6,
    ]


FAST = ("run", "two_rows.py", "--fast", "-b", "asyncio")


@pytest.fixture
def two_rows(tmp_path: Path) -> Path:
    (tmp_path / "two_rows.py").write_text(TWO_ROWS)
    return tmp_path


def only_run(folder: Path) -> Path:
    """The one run that was begun here, resumed or not."""
    [run] = (folder / "results" / "local").iterdir()
    return run


@pytest.mark.workers
def test_a_run_interrupted_in_its_second_unit_and_again_in_its_third_is_resumed_as_it_says(
    two_rows: Path,
) -> None:
    words: tuple[str, ...] = FAST
    for journaled in (2, 3):
        run = start(two_rows, *words)
        wait_for_lines(run, two_rows / "results", journaled)
        run.send_signal(signal.SIGINT)
        stdout, stderr = run.communicate(timeout=PATIENCE)
        folder = only_run(two_rows).relative_to(two_rows)
        assert (run.returncode, stdout) == (130, "")
        assert stderr.strip() == f"loopcmp: interrupted; loopcmp resume {folder} finishes it"
        assert not (two_rows / folder / "record.json").exists()
        words = ("resume", str(folder))
    done = loopcmp(two_rows, *words, "--no-progress")
    assert (done.returncode, done.stderr) == (0, "")
    assert_every_case_exactly_once(only_run(two_rows))


@pytest.fixture
def killed(two_rows: Path) -> Path:
    """A run that was killed in its first unit, resumed and killed in its second, and again in its third."""
    for journaled, words in ((1, FAST), (2, ("resume",)), (3, ("resume",))):
        run = start(two_rows, *words)
        wait_for_lines(run, two_rows / "results", journaled)
        run.kill()
        run.communicate(timeout=PATIENCE)
    return two_rows


@pytest.mark.workers
def test_a_run_that_was_killed_three_times_is_resumed_and_has_every_case_exactly_once(killed: Path) -> None:
    done = loopcmp(killed, "resume", "--no-progress", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["finished"] is not None
    assert done.stderr.strip() == f"Report  {only_run(killed).relative_to(killed) / 'report.html'}"
    assert_every_case_exactly_once(only_run(killed))
    refused = loopcmp(killed, "resume")
    assert refused.returncode == 2
    assert_refused(refused.stderr, "no unfinished run")


@pytest.mark.workers
def test_capabilities_are_a_table_of_loops_with_the_reason_for_every_no(tmp_path: Path) -> None:
    done = loopcmp(
        tmp_path,
        "check",
        "--capabilities",
        "loop_threadsafe_calls",
        "-b",
        "asyncio",
        "-b",
        "trio",
        "--no-progress",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"capability +asyncio \S+ +trio \S+", done.stdout)
    assert re.search(r"calls from other threads that wake an idle loop +✓ yes +∅ no", done.stdout)
    assert "trio is no asyncio loop" in done.stdout


@pytest.mark.workers
def test_capabilities_of_a_scenario_that_tries_none_are_told_how_it_could(mine: Path) -> None:
    done = loopcmp(mine, "check", "--capabilities", "mine.py", "-b", "asyncio", "--no-progress")
    assert done.returncode == 2
    assert "give one the tag 'capability'" in done.stderr


@pytest.mark.parametrize("typed", [["--results", "somewhere"], ["--results=somewhere"], []])
def test_a_record_says_what_was_typed_but_for_where_its_results_went(
    typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/here/loopcmp", "run", *typed, "order", "--fast"])
    assert command_line() == "loopcmp run order --fast"
