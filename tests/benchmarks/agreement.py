"""How far apart two measurements of one scenario are, taken in pairs of processes, one after the other."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

Pair = tuple[Sequence[float], Sequence[float]]
"""Seconds per iteration: the values of one process of ours, and those of one of theirs beside it."""

RESAMPLES = 10_000

BAR = 0.05
"""How far ours and theirs may lie apart."""


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


def difference(pairs: Sequence[Pair], seed: int = 0) -> Difference:
    """How much longer ours takes, with an interval from resampling pairs of processes.

    Values of one process are not independent, so a process counts by its mean; and what the machine does in
    the minutes between two pairs cancels in each (Efron and Tibshirani, An Introduction to the Bootstrap,
    section 13.3: percentile interval). Over pairs it is the median, for a slow spell that meets only one
    of a pair would be the whole mean.
    """
    draw = random.Random(seed)
    logs = [math.log(fmean(ours) / fmean(theirs)) for ours, theirs in pairs]
    drawn = sorted(median(draw.choices(logs, k=len(logs))) for _ in range(RESAMPLES))
    ends = (drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1])
    return Difference(*map(math.expm1, (median(logs), *ends)))


def report(found: Mapping[tuple[str, ...], Sequence[Pair]]) -> int:
    """Print the difference of each scenario, which is named in words; 0 if all are within the bar, else 1."""
    differences = {probe: difference(some) for probe, some in found.items()}
    for probe, one in differences.items():
        mark = "✓" if one.within(BAR) else "✗"
        print(mark, *probe, one, f"({len(found[probe])} pairs of processes)")
    return int(not all(one.within(BAR) for one in differences.values()))
