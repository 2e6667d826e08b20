"""`loopcmp check --cpython-tests`, typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.records.store.publications import read_conformance

pytestmark = pytest.mark.workers


def loopcmp(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command does when it is typed in this folder."""
    program = "from harness.cli import main; main()"
    command = [sys.executable, "-P", "-c", program, "check", "--cpython-tests", "--no-progress", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def _tests_of_python() -> None:
    pytest.importorskip("test.test_asyncio", reason="this Python comes without its own tests")


def fragile(name: str) -> list[str]:
    return ["-b", "fragile", "--loop", f"fragile=tests.fragile_loops:{name}"]


@pytest.mark.usefixtures("_tests_of_python")
def test_asyncio_runs_beside_a_loop_and_a_failure_is_a_finding(tmp_path: Path) -> None:
    done = loopcmp(tmp_path, "test_call_later", *fragile("FailsToDelay"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "asyncio   " in done.stdout
    assert "1 of 1" in done.stdout
    assert "0 of 1" in done.stdout
    assert "What fragile does not pass" in done.stdout
    assert "ValueError: Oops" in done.stdout


@pytest.mark.usefixtures("_tests_of_python")
def test_a_loop_that_passes_all_that_asyncio_passes_is_well(tmp_path: Path) -> None:
    done = loopcmp(tmp_path, "test_call_later", "--json", "-b", "asyncio-poll")
    assert (done.returncode, done.stderr) == (0, "")
    control, loop = json.loads(done.stdout)
    assert (control["backend"], control["control"]) == ("asyncio+gather", None)
    assert (loop["backend"], loop["control"]) == ("asyncio-poll+gather", "asyncio+gather")
    assert control["passed"] == loop["passed"] == 1


@pytest.mark.usefixtures("_tests_of_python")
def test_what_is_written_to_a_file_can_be_published(tmp_path: Path) -> None:
    done = loopcmp(tmp_path, "test_call_later", "-b", "asyncio-poll", "-o", "conformance.json")
    assert (done.returncode, done.stderr) == (0, "")
    loops = read_conformance(tmp_path / "conformance.json").loops
    assert [(tried.loop, str(tried.cpython_tests)) for tried in loops] == [
        ("asyncio", "1 of 1"), ("asyncio-poll", "1 of 1")
    ]  # fmt: skip


@pytest.mark.usefixtures("_tests_of_python")
def test_a_loop_that_cannot_be_had_could_not_be_measured(tmp_path: Path) -> None:
    elsewhere = "asyncio-epoll" if sys.platform == "darwin" else "asyncio-kqueue"
    done = loopcmp(tmp_path, "test_call_later", "-b", elsewhere)
    assert done.returncode == 3
    assert f"could not test {elsewhere}+gather: {elsewhere} is for" in done.stderr


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (["-b", "trio"], "trio is no asyncio loop"),
        (["--scale"], "--scale is about scenarios"),
        (["--baseline", "asyncio"], "--baseline is about scenarios"),
        (["--capabilities", "order"], "'order' may name a scenario or a test"),
    ],
)
def test_what_is_not_for_these_tests_is_refused(words: list[str], refused: str, tmp_path: Path) -> None:
    done = loopcmp(tmp_path, *words)
    assert done.returncode == 2
    assert refused in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("_tests_of_python")
def test_a_word_that_names_no_test_is_refused(tmp_path: Path) -> None:
    done = loopcmp(tmp_path, "no_such_test", "-b", "asyncio")
    assert done.returncode == 2
    assert "no test of CPython is called 'no_such_test'" in done.stderr
