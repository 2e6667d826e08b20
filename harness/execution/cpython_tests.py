"""A fresh process runs one of CPython's own event-loop tests over a loop, or lists its Python's tests."""

import re
from functools import cache
from pathlib import Path
from threading import Event

import msgspec

from harness.backends.backend import Loop, SetVariables
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.protocol.cpython_tests import TESTS_MISSING, UnittestOutcome, UnittestReport
from harness.protocol.observations import WorkerExit

_PATIENCE = 60.0
"""The seconds within which a worker must list the tests."""

WITHOUT_TESTS = (
    "its Python comes without its own tests (test.test_asyncio): install them, on Debian as "
    "libpython3.X-testsuite, on Fedora as python3-test, or use a Python built from source, as pyenv's are"
)

MOST_LINES = 6
"""The most lines that are kept of a process's last output."""

_FRAME = re.compile(r'^  File "(?P<path>[^"]*)", line (?P<line>\d+) in (?P<function>.*)$', re.MULTILINE)
"""A line of a stack as faulthandler writes it, the innermost first."""


class NoTests(Exception):
    """The interpreter has no tests that could be run; the message says why, and how to get them."""


def run_test(
    test: str,
    loop: Loop,
    timeout: float,
    python: str,
    stop: Event | None = None,
    variables: SetVariables = (),
) -> UnittestReport:
    """Run one test in a fresh process, which is ended after `timeout` seconds, or by `stop`."""
    job: dict[str, object] = {"do": "run cpython test", "test": test, "loop": loop}
    with Worker(job, stop=stop, lifetime=timeout, python=python, variables=variables) as worker:
        reply = worker.receive(timeout)
    if isinstance(reply, WorkerExit):
        outcome = UnittestOutcome.TIMED_OUT if reply.timed_out else UnittestOutcome.CRASHED
        return UnittestReport(outcome, (reply.how, *_last_lines(reply.output)))
    return _read_report(reply)


def _read_report(reply: Reply) -> UnittestReport:
    try:
        return reply.read(UnittestReport)
    except msgspec.ValidationError as error:
        return UnittestReport(UnittestOutcome.CRASHED, (f"wrote what is no report: {error}",))


def _last_lines(output: str) -> list[str]:
    """Return where the process was, without the paths of this machine; else the last lines of its output."""
    frames = [f"{Path(path).name}:{line} in {function}" for path, line, function in _FRAME.findall(output)]
    return frames[:MOST_LINES] or [line for line in output.splitlines() if line.strip()][-MOST_LINES:]


@cache
def list_tests(python: str) -> tuple[str, ...]:
    """Return the tests that this interpreter has. Raises NoTests."""
    with Worker({"do": "list cpython tests"}, python=python) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, WorkerExit):
        raise NoTests(f"its tests cannot be listed: the worker {reply.how}")
    if reply.kind == TESTS_MISSING:
        raise NoTests(WITHOUT_TESTS)
    return tuple(reply.read(list[str]))
