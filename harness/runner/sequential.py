"""The usual procedure, for an audit: all of A, then all of B, by pyperf's own workers and its t-test."""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from time import perf_counter

from harness.analysis.student import differs_significantly
from harness.execution.owned_folders import WORKERS, owned_folder
from harness.protocol.messages import CaseSpec
from harness.records.estimate import NORMAL_95, Estimate

FEWEST_PROCESSES = 2
"""The fewest processes a side: with one, pyperf has no spread between processes."""

_PATIENCE = 600.0
"""The seconds within which pyperf must have measured one side."""


class SequentialFailed(Exception):
    """A command of pyperf that did not do what it should; the message is the last line it said."""


@dataclass(frozen=True, slots=True)
class SequentialResult:
    """Two sides of identical code by the usual procedure, and what a t-test says of them."""

    ratio: Estimate
    significant: bool
    seconds: float
    typical: float


def usual_procedure(case: CaseSpec, processes: int, cpus: frozenset[int] | None) -> SequentialResult:
    """Measure a case twice, one after the other, and compare. Raises SequentialFailed.

    `cpus` are the same as for workers that take turns.
    """
    import pyperf

    start = perf_counter()
    with owned_folder(WORKERS) as folder:
        sides = [Path(folder, name) for name in ("a.json", "b.json")]
        for side in sides:
            _pyperf(
                "-P",
                "-m",
                "harness.worker.pyperf_benchmark",
                *_options(case, processes, cpus),
                f"--output={side}",
            )
        a, b = (pyperf.Benchmark.load(str(side)).get_values() for side in sides)
    return SequentialResult(
        ratio=_ratio(a, b, processes),
        significant=differs_significantly(a, b),
        seconds=perf_counter() - start,
        typical=mean(a),
    )


def _options(case: CaseSpec, processes: int, cpus: frozenset[int] | None) -> list[str]:
    pinned = [] if cpus is None else [f"--affinity={','.join(map(str, sorted(cpus)))}"]
    return [f"--case={json.dumps(asdict(case))}", f"--processes={processes}", "--quiet", *pinned]


def _pyperf(*words: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise SequentialFailed(f"it was not done after {_PATIENCE:g} s") from late
    if done.returncode:
        raise SequentialFailed((done.stderr.strip().splitlines() or ["pyperf said nothing"])[-1])
    return done.stdout


def _ratio(a: Sequence[float], b: Sequence[float], processes: int) -> Estimate:
    """Return the ratio of the means, with the interval of its nominal standard error (all values pooled)."""
    ratio = mean(b) / mean(a)
    error = math.hypot(*(stdev(side) / mean(side) / math.sqrt(len(side)) for side in (a, b)))
    low, high = (ratio * math.exp(sign * NORMAL_95 * error) for sign in (-1, 1))
    return Estimate(ratio, low, high, processes)
