"""How far apart two measurements of one story are, each a few values from each of several processes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

Processes = Sequence[Sequence[float]]
"""Seconds per iteration: for each process, its values."""

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Ours divided by theirs, less 1, with its 95% interval."""

    value: float
    low: float
    high: float

    def within(self, bar: float) -> bool:
        """Whether the whole interval lies within ± the bar."""
        return -bar <= self.low and self.high <= bar

    def __str__(self) -> str:
        return f"{self.value:+.1%} [{self.low:+.1%}, {self.high:+.1%}]"


def difference(ours: Processes, theirs: Processes, seed: int = 0) -> Difference:
    """How much longer ours takes, its interval from resampling whole processes of both.

    Values of one process are not independent, so a process counts by its mean (Efron and
    Tibshirani, An Introduction to the Bootstrap, section 8.3: percentile interval of two samples).
    """
    draw = random.Random(seed)
    mine, other = [fmean(values) for values in ours], [fmean(values) for values in theirs]

    def resampled(means: list[float]) -> float:
        return fmean(draw.choices(means, k=len(means)))

    drawn = sorted(resampled(mine) / resampled(other) - 1 for _ in range(RESAMPLES))
    low, high = drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]
    return Difference(fmean(mine) / fmean(other) - 1, low, high)


def processes_of(benchmark: Any) -> list[tuple[float, ...]]:
    """The values of a pyperf Benchmark, process by process; those that only calibrated have none."""
    return [tuple(run.values) for run in benchmark.get_runs() if run.values]
