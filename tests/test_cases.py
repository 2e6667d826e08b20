"""Scenarios after public reports: each has its verdict and its evidence, in a terminal and as JSON alike."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.workers, pytest.mark.long]

CASES = Path(__file__).parent / "cases"
PATIENCE = 240.0


def loopcmp(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("loopcmp")), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


def checked(folder: Path, name: str, *options: str) -> tuple[int, dict[tuple[str, str], Any]]:
    """The exit code of a check, and each case of it by scenario and loop."""
    done = loopcmp(folder, "check", str(CASES / f"{name}.py"), "--json", *options)
    cases = json.loads(done.stdout)
    return done.returncode, {(case["scenario"], case["backend"].partition("+")[0]): case for case in cases}


def verdicts(cases: dict[tuple[str, str], Any], scenario: str) -> dict[str, str]:
    return {loop: case["verdict"] for (name, loop), case in cases.items() if name == scenario}


def test_a_scenario_that_raises_everywhere_could_not_be_measured(tmp_path: Path) -> None:
    code, cases = checked(tmp_path, "typo")
    assert code == 3
    assert set(verdicts(cases, "misspelt").values()) == {"could not measure"}
    assert "typo.py:10" in cases["misspelt", "trio"]["reason"]


def test_each_loops_words_are_shown_with_their_line(tmp_path: Path) -> None:
    _, cases = checked(tmp_path, "words")
    uvloop, asyncio = (" ".join(cases["type_errors", loop]["evidence"]) for loop in ("uvloop", "asyncio"))
    assert "no such keyword: eager_start" in uvloop
    assert "an integer is required" in asyncio
    shown = loopcmp(tmp_path, "check", str(CASES / "words.py")).stdout
    assert "no such keyword: eager_start" in shown
    assert "an integer is required" in shown


def test_a_hang_tells_the_line_that_each_task_waits_at(tmp_path: Path) -> None:
    code, cases = checked(tmp_path, "hangs", "--timeout", "5")
    assert code == 1
    assert verdicts(cases, "closed_server_ends") == {"asyncio": "same result", "uvloop": "timed out"}
    evidence = " ".join(cases["closed_server_ends", "uvloop"]["evidence"])
    assert "await server.serve_forever()" in evidence
    assert "Aborted" not in evidence


def test_a_policy_moves_nothing(tmp_path: Path) -> None:
    _, cases = checked(tmp_path, "wrong_loop", "-b", "asyncio", "-b", "uvloop")
    outcomes = [cases["which_loop", loop]["observed"][0]["outcome"] for loop in ("asyncio", "uvloop")]
    assert outcomes == ["returned 'asyncio.unix_events'", "returned 'uvloop'"]


def test_what_a_library_starts_once_is_no_leak(tmp_path: Path) -> None:
    code, cases = checked(tmp_path, "pool")
    assert code == 0
    assert set(verdicts(cases, "pool_in_a_thread").values()) == {"same result"}


def test_what_grows_is_warned_of_with_its_slope(tmp_path: Path) -> None:
    done = loopcmp(tmp_path, "run", str(CASES / "grows.py"), "--fast", "-b", "asyncio")
    assert done.returncode == 0, done.stderr
    [report] = tmp_path.glob("results/local/*/report.md")
    assert "bytes an iteration" in report.read_text()


REPORTS = {
    "call_later_without_delay": ("returned 'TimerHandle'", "returned 'Handle'"),
    "process_opens_its_stdout": (r"returned b'test\n'", "returned b''"),
    "coroutine_function_in_an_executor": ("returned 'ran'", "raised TypeError()"),
    "write_after_close": ("returned 'written'", "raised RuntimeError"),
}


def test_every_difference_of_public_reports_is_found_and_nothing_else_is(tmp_path: Path) -> None:
    code, cases = checked(tmp_path, "public_reports")
    assert code == 1
    different = {name for (name, loop), case in cases.items() if case["verdict"] != "same result"}
    assert different == REPORTS.keys()
    for name, outcomes in REPORTS.items():
        for loop, outcome in zip(("asyncio", "uvloop"), outcomes, strict=True):
            assert cases[name, loop]["observed"][0]["outcome"].startswith(outcome)
