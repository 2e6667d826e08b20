"""How a command ends that did not end well: one sentence, the right exit code, and nothing left behind."""

import errno
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from harness.cli import failures, main
from harness.cli.failures import failure_of
from harness.cli.signals import Interrupted, signals_as_exceptions
from harness.errors import BadInput, CannotWrite, ScenarioBroken
from harness.records import store
from tests.command_line import LOOPCMP, PATIENCE
from tests.records import everything

MINE = """\
from anyio.lowlevel import checkpoint
from harness.scenario import scenario

@scenario(params={"n": [1, 2, 3, 4]}, returns=1)
async def mine(n):
    await checkpoint()
    return 1
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with a scenario, and an empty one for temporary files."""
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "temporary").mkdir()
    return tmp_path


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    store.write_record(tmp_path, everything())
    return tmp_path


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A command whose temporary files are in a folder of its own."""
    return subprocess.Popen(
        [LOOPCMP, *words],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_journal(run: subprocess.Popen[str], folder: Path, lines: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while sum(path.read_bytes().count(b"\n") for path in folder.rglob("journal.jsonl")) < lines:
        assert run.poll() is None, "the run was over before it could be ended"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def wait_for_workers(folder: Path) -> None:
    """Wait until the run has a temporary folder, which is that of its workers."""
    deadline = time.monotonic() + PATIENCE
    while not any((folder / "temporary").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """What a line of a shell does in this folder; `loopcmp` is the command."""
    program = f'loopcmp() {{ {shlex.quote(str(LOOPCMP))} "$@"; }}\n{line}'
    return subprocess.run(
        ["/bin/sh", "-c", program], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def assert_one_sentence(stderr: str, *words: str) -> None:
    assert stderr.startswith("loopcmp: ")
    assert stderr.count("\n") == 1
    assert [word for word in words if word not in stderr] == []


# Signals.


@pytest.mark.workers
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_run_that_a_signal_ends_leaves_nothing_behind_and_is_resumed_as_it_says(
    mine: Path, number: signal.Signals, code: int
) -> None:
    run = start(mine, "run", "mine.py", "-b", "asyncio", "--fast", "--no-progress")
    wait_for_journal(run, mine, 1)
    wait_for_workers(mine)
    run.send_signal(number)
    stdout, stderr = run.communicate(timeout=PATIENCE)
    [folder] = (mine / "results/local").iterdir()
    advice = f"loopcmp resume {folder.relative_to(mine)}"
    assert (run.returncode, stdout) == (code, "")
    assert stderr == f"loopcmp: ended by {number.name}; {advice} finishes it\n"
    assert list((mine / "temporary").iterdir()) == []
    assert not (folder / store.RECORD).exists()
    resumed = shell(mine, f"{advice} --no-progress")
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert (folder / store.RECORD).exists()


@pytest.mark.workers
def test_a_command_that_keeps_nothing_says_that_it_begins_again(mine: Path) -> None:
    check = start(mine, "check", "mine.py", "-b", "asyncio")
    assert check.stderr is not None
    assert "4 cases" in check.stderr.readline()
    check.send_signal(signal.SIGTERM)
    _, stderr = check.communicate(timeout=PATIENCE)
    assert check.returncode == 143
    assert stderr.splitlines()[-1] == "loopcmp: ended by SIGTERM; the same command begins again"
    assert list((mine / "temporary").iterdir()) == []


@pytest.mark.workers
def test_a_run_that_nohup_started_outlives_its_terminal(mine: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = start(mine, "run", "mine.py", "-b", "asyncio", "--fast", "--no-progress")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_for_journal(run, mine, 3)
    run.send_signal(signal.SIGHUP)
    _, stderr = run.communicate(timeout=PATIENCE)
    assert (run.returncode, stderr) == (0, "")


def test_signals_are_as_before_when_a_command_is_over() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(Interrupted, match="ended by SIGTERM"), signals_as_exceptions():
        signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


# Descriptors and output.


@pytest.mark.workers
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_standard_descriptor_that_is_closed_breaks_no_worker(mine: Path, closed: str) -> None:
    done = shell(mine, f"loopcmp check mine.py -b asyncio --no-progress {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    assert ("same result" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["--version", "report . --format json", "list environments"])
def test_output_that_cannot_be_written_is_a_failure_of_our_own(saved: Path, command: str) -> None:
    done = shell(saved, f"loopcmp {command} > /dev/full")
    assert done.returncode == 3
    assert_one_sentence(done.stderr, "standard output", "No space left on device", "make room")


@pytest.mark.workers
def test_without_descriptors_left_it_says_which_limit_to_raise(tmp_path: Path) -> None:
    done = shell(tmp_path, "ulimit -n 6; loopcmp list scenarios")
    assert (done.returncode, done.stdout) == (3, "")
    assert_one_sentence(done.stderr, "Too many open files", "ulimit -n")


def test_in_a_folder_that_was_removed_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = shell(tmp_path, "cd gone && rmdir ../gone && loopcmp run order:n=1")
    assert (done.returncode, done.stdout) == (3, "")
    assert_one_sentence(done.stderr, "the current folder was removed")


def test_without_a_folder_for_temporary_files_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    failure = failure_of(FileNotFoundError(errno.ENOENT, "No usable temporary directory found"))
    assert failure.exit_code == 3
    assert "set TMPDIR" in failure.message


@pytest.mark.parametrize("number", sorted(failures.ADVICE))
def test_what_the_system_refuses_is_said_with_the_file_and_what_to_do(number: int) -> None:
    failure = failure_of(OSError(number, os.strerror(number), "/somewhere/file"))
    assert failure.exit_code == 3
    assert failure.message == (
        f"/somewhere/file cannot be used: {os.strerror(number)}; {failures.ADVICE[number]}"
    )


# Faults of our own.


def broken(*_: object) -> None:
    raise RuntimeError("it went\x1b[31m wrong\nand wrong")


@pytest.fixture
def fault(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that cannot be read for a reason that nobody thought of."""
    monkeypatch.setattr(store, "read_record", broken)
    monkeypatch.setattr(sys, "argv", ["loopcmp", "report", str(saved)])
    monkeypatch.setattr(tempfile, "tempdir", str(saved))
    monkeypatch.delenv("LOOPCMP_TRACEBACK", raising=False)


@pytest.mark.usefixtures("fault")
def test_a_fault_of_our_own_is_one_sentence_and_its_traceback_is_in_a_file(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    [file] = saved.glob("loopcmp-*-traceback.txt")
    shown = capsys.readouterr()
    assert_one_sentence(shown.err, "RuntimeError: it went\\x1b[31m wrong;", "report it", str(file))
    assert "in broken" in file.read_text()


@pytest.mark.usefixtures("fault")
def test_the_traceback_is_shown_where_it_is_asked_for(
    saved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPCMP_TRACEBACK", "1")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback (most recent call last):\n")
    assert "\x1b" not in shown
    assert "the traceback above" in shown.splitlines()[-1]
    assert list(saved.glob("loopcmp-*")) == []


def test_where_no_file_can_be_written_it_says_how_to_see_the_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    monkeypatch.delenv("LOOPCMP_TRACEBACK", raising=False)
    assert "LOOPCMP_TRACEBACK=1" in failure_of(RuntimeError("wrong")).message


@pytest.mark.parametrize(
    ("error", "code"), [(BadInput("a\x1b[2J\u202eb"), 2), (CannotWrite("a\x1b[2J\u202eb"), 3)]
)
def test_what_a_terminal_would_obey_is_escaped_in_every_message(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    failure = failure_of(error)
    failure.say()
    assert failure.exit_code == code
    assert capsys.readouterr().err == "loopcmp: a\\x1b[2J\\u202eb\n"


def test_a_scenario_that_does_not_import_is_shown_with_its_frames(capsys: pytest.CaptureFixture[str]) -> None:
    failure_of(ScenarioBroken("mine.py does not import", "a frame\x1b\n")).say()
    assert capsys.readouterr().err == "a frame\\x1b\nloopcmp: mine.py does not import\n"
