"""Arms of scenarios that are written into a file for the test."""

from pathlib import Path
from textwrap import dedent

from harness.backends.registry import find_backend
from harness.execution.arms import Arm, RoundContext
from harness.execution.observing import case_spec
from harness.protocol.benchmarks import Benchmark
from harness.records.pace import (
    ArmFailure,
    ArmRound,
)

PATIENCE = 60.0
"""Seconds in which any worker gets something done, however busy the machine."""


FREE = RoundContext(None, PATIENCE)


HEAD = """
import os, random, signal
from pathlib import Path
import anyio
from harness.scenario import scenario

here = Path(__file__).parent
calls = 0
"""


def benchmark_of(folder: Path, text: str) -> Benchmark:
    path = folder / "mine.py"
    path.write_text(HEAD + dedent(text))
    return Benchmark("probe", "user", str(path), "", "mine.py:1")


def arms_on(row: Benchmark, *backends: str) -> list[Arm]:
    return [Arm(name, case_spec(row, find_backend(name))) for name in backends]


def parts(played: tuple[ArmRound, ...] | ArmFailure) -> tuple[ArmRound, ...]:
    assert not isinstance(played, ArmFailure), played
    return played


def fault(played: object) -> ArmFailure:
    assert isinstance(played, ArmFailure), played
    return played
