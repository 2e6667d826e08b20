"""Means of independent benchmarks' time ratios, with intervals."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import variance
from typing import TypeVar

from harness.analysis.intervals import estimate_ratio
from harness.analysis.student import standard_errors
from harness.records.estimate import Estimate

FEWEST_ROUNDS = 5
"""The fewest rounds of a benchmark for which its variance is estimated well enough for an interval."""


_Timed = TypeVar("_Timed")


def with_enough_rounds(timed: Sequence[_Timed], rounds: Callable[[_Timed], int]) -> list[_Timed]:
    """Return those with the rounds that an interval needs; all of them where none has so many."""
    return [each for each in timed if rounds(each) >= FEWEST_ROUNDS] or [*timed]


@dataclass(frozen=True, slots=True)
class Part:
    """A benchmark's part in a mean: the log ratios of its rounds, and its weight.

    The weights of all parts of a mean add up to 1.
    """

    samples: tuple[float, ...]
    weight: float


def mean_ratio(parts: Sequence[Part], level: float) -> Estimate:
    """Return the weighted geometric mean of benchmarks' ratios with an interval at `level`.

    A benchmark's ratio is the middle of its rounds, that of Hodges and Lehmann, and their variance says how
    sure it is. The benchmarks are independent, so the variance of the mean is the sum of theirs; the degrees
    of freedom are those of Welch and Satterthwaite (Biometrika 34, 1947). There is no interval where a
    benchmark has fewer than `FEWEST_ROUNDS` rounds. Tests simulate how often the interval holds the truth.
    """
    center = math.fsum(part.weight * estimate_ratio(part.samples, level).value for part in parts)
    rounds = min(len(part.samples) for part in parts)
    if rounds < FEWEST_ROUNDS:
        return Estimate(center, None, None, rounds).exp()
    half = _half_width(parts, level)
    return Estimate(center, center - half, center + half, rounds).exp()


def _half_width(parts: Sequence[Part], level: float) -> float:
    """Return half the width of the interval of a weighted sum of independent means."""
    shares = [part.weight**2 * variance(part.samples) / len(part.samples) for part in parts]
    total = math.fsum(shares)
    if total == 0:
        return 0.0
    freedom = total**2 / math.fsum(
        share**2 / (len(part.samples) - 1) for share, part in zip(shares, parts, strict=True)
    )
    return standard_errors(level, freedom) * math.sqrt(total)
