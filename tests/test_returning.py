"""The lines at which a scenario can return: where a value that differs came from."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from inspect import unwrap
from pathlib import Path

import pytest

from harness.worker.returning import lines_of_returns


async def with_one() -> str:
    def helper() -> str:
        return "a helper's"

    return helper()


async def with_two(flag: bool) -> str:
    if flag:
        return "yes"
    return "no"


async def with_none() -> None:
    pass


@asynccontextmanager
async def with_a_set_up() -> AsyncIterator[Callable[[], Awaitable[str]]]:
    async def operation() -> str:
        return "the operation's"

    yield operation


def code_at(function: object) -> list[str]:
    code = unwrap(function).__code__  # type: ignore[arg-type]
    return [frame.code for frame in lines_of_returns(code)]


def test_the_lines_are_those_of_the_scenarios_own_return_statements() -> None:
    assert code_at(with_one) == ["return helper()"]
    assert code_at(with_two) == ['return "yes"', 'return "no"']


def test_a_scenario_without_a_return_statement_returns_at_its_last_line() -> None:
    assert code_at(with_none) == ["pass"]


def test_the_lines_of_a_scenario_with_a_set_up_are_those_of_its_operation() -> None:
    assert code_at(with_a_set_up) == ['return "the operation\'s"']


def test_what_was_not_written_in_python_has_no_lines() -> None:
    assert lines_of_returns(None) == ()


SCENARIO = """
import asyncio
from harness.scenario import scenario

@scenario(returns="TimerHandle", only="asyncio")
async def handle():
    timer = asyncio.get_running_loop().call_later(0, print)
    timer.cancel()
    return type(timer).__name__
"""


@pytest.mark.workers
def test_a_value_that_differs_is_shown_with_the_line_that_returned_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SCENARIO)
    loopcmp = [str(Path(sys.executable).with_name("loopcmp")), "check", "mine.py", "--no-progress"]
    for options in ([], ["--json"]):
        done = subprocess.run(
            [*loopcmp, *options], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 1
        assert "returned at mine.py:9 in handle: return type(timer).__name__" in done.stdout
    different = {case["backend"] for case in json.loads(done.stdout) if case["evidence"]}
    assert different == {"uvloop+gather"}
