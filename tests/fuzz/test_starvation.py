"""Late on a busy machine: what a starved run shows is not held against its loop."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from harness.backends.registry import find_backend
from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.interpreter.starvation import seconds_waited
from harness.fuzz.investigation import Investigation
from harness.fuzz.language import Program
from harness.fuzz.outcomes import Problem, Ran, RawEntry, Run
from harness.fuzz.running import Interpreter
from harness.fuzz.subject import make_subject
from harness.protocol.run_queue import nanoseconds_ready

SLEEP = "streams 0 0\nsleep until=1\n"


def trace_of(*, woken_at: float) -> list[RawEntry]:
    return [
        (0, "start", -1, "-", 0.0),
        (0, "done", 0, "1", woken_at),
        (0, "end", -1, "-", woken_at),
        (0, "left", -1, "passed -", woken_at),
    ]


@dataclass
class FakeInterpreter:
    """A fake interpreter, which answers every program with the same trace."""

    woken_at: float
    starved: float
    patience: float = 1.0

    def run_one(self, program: Program, scale: int) -> Run:
        assert program
        assert scale
        return Run(Ran(0, trace_of(woken_at=self.woken_at), starved=self.starved))


def confirmed(*, woken_at: float, starved: float) -> Finding:
    subject = make_subject(find_backend("uvloop"), sys.executable)
    suspect = Suspect(subject.name, 0, SLEEP, "", Problem.TRACE, "done sleep - later, allowed: done sleep -")
    interpreter = cast("Interpreter", FakeInterpreter(woken_at, starved))
    return Investigation(subject, interpreter, suspect).confirm()


@pytest.mark.parametrize("woken_at", [2.0, 1.6], ids=["a whole instant late", "between two instants"])
def test_a_late_run_counts_only_if_it_had_a_cpu(woken_at: float) -> None:
    assert confirmed(woken_at=woken_at, starved=0.0).confirmed == 10
    assert confirmed(woken_at=woken_at, starved=0.1).confirmed == 0


def test_a_run_that_is_early_counts_however_starved_it_was() -> None:
    assert confirmed(woken_at=0.0, starved=0.1).confirmed == 10


THREADS = """
import sys, threading

threading.Thread(target=sys.stdin.read).start()
print("started", flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not say who waits")
def test_every_thread_of_a_process_says_how_long_it_waited() -> None:
    command = [sys.executable, "-c", THREADS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        waited = list(nanoseconds_ready(process.pid))
        process.stdin.close()
    assert len(waited) == 2
    assert min(waited) >= 0
    assert list(nanoseconds_ready(process.pid)) == []


def test_what_other_threads_wait_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system is a fake here: two threads have waited for one second and for two."""
    told = {"self": [1_000_000_000, 2_000_000_000]}
    monkeypatch.setattr("harness.fuzz.interpreter.starvation.nanoseconds_ready", told.__getitem__)
    assert seconds_waited() == 3.0
