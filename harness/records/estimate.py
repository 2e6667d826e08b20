"""Samples of rounds → estimates with intervals → judgements. Pure; scipy does the statistics.

The unit of replication is the round: every sample here is one number a round. The interval of
their median is exact and needs no distribution (`scipy.stats.quantile_test`, after Thompson,
Ann. Math. Statist. 7, 1936).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from statistics import median

from harness.protocol.messages import Value

ERROR_RATE = 0.05
"""Of a whole run's family of intervals (Bonferroni), or of one cell where not adjusted."""


NORMAL_95 = 1.96
"""Standard errors on either side that hold 95% of a normal distribution."""


class Judgement(StrEnum):
    """What an interval says about a backend against the baseline."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUAL = "equal within the margin"
    NOT_RESOLVED = "not resolved"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median over rounds with its interval; `low` and `high` are None where rounds are too few."""

    value: float
    low: float | None
    high: float | None
    rounds: int

    @property
    def half_width(self) -> float:
        """Half the interval's width; infinite where there is none."""
        if self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2

    def exp(self) -> "Estimate":
        """The estimate of a ratio from that of its logarithm."""
        if self.low is None or self.high is None:
            return Estimate(math.exp(self.value), None, None, self.rounds)
        low, high = math.exp(self.low), math.exp(self.high)
        return Estimate(math.exp(self.value), low, high, self.rounds)


def confidence_level(comparisons: int) -> float:
    """The level of one interval so that all `comparisons` hold together at 95% (Bonferroni)."""
    return 1 - ERROR_RATE / max(1, comparisons)


def rounds_needed(level: float) -> int:
    """The fewest rounds whose median has an exact interval: 2 · ½ⁿ ≤ 1 - level."""
    return math.ceil(math.log2(2 / (1 - level)))


def estimate(samples: Sequence[float], level: float) -> Estimate:
    """The median of one number a round, with its exact interval at `level`."""
    if len(samples) < rounds_needed(level):
        return Estimate(float(median(samples)), None, None, len(samples))
    low, high = _ranks(len(samples), level)
    ordered = sorted(map(float, samples))
    return Estimate(median(ordered), ordered[low], ordered[high], len(samples))


@cache
def _ranks(count: int, level: float) -> tuple[int, int]:
    """Which of `count` ordered samples bound the median at `level`: the interval of 0 … count - 1."""
    from scipy.stats import quantile_test  # noqa: PLC0415 - a second's import, only where estimated

    low, high = quantile_test(range(count), p=0.5).confidence_interval(level)
    return int(low), int(high)


def log_ratio(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """One round's sample: the median over turns of ln(t_arm / t_baseline) within the same turn."""
    return median(
        math.log(_seconds(mine) / _seconds(theirs)) for mine, theirs in zip(arm, baseline, strict=True)
    )


def log_ratio_of_totals(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """The same round by the mean: the log of the ratio of the total times."""
    return math.log(sum(map(_seconds, arm)) / sum(map(_seconds, baseline)))


def excess(arm: Sequence[Value], ideal: float) -> float:
    """One round's sample of a story that sleeps: the median over turns of t - ideal, in µs."""
    return median((_seconds(value) - ideal) * 1e6 for value in arm)


def trend_of(arm: Sequence[Value]) -> float:
    """One round's sample of a trend: the log of the later turns' typical time over the earlier ones'."""
    half = len(arm) // 2
    return math.log(typical_seconds(arm[-half:]) / typical_seconds(arm[:half]))


def typical_seconds(arm: Sequence[Value]) -> float:
    """One round's sample of absolute time: the median over turns, in seconds per iteration."""
    return median(map(_seconds, arm))


def _seconds(value: Value) -> float:
    return value.wall / value.loops / 1e9


def judge_ratio(ratio: Estimate, margin: float) -> Judgement:
    """What a ratio's interval says; inside the margin it is equal even where it excludes 1."""
    if ratio.low is None or ratio.high is None:
        return Judgement.NOT_RESOLVED
    if 1 - margin <= ratio.low and ratio.high <= 1 + margin:
        return Judgement.EQUAL
    if ratio.high < 1:
        return Judgement.FASTER
    if ratio.low > 1:
        return Judgement.SLOWER
    return Judgement.NOT_RESOLVED


def error_bound(wrong: int, trials: int) -> float:
    """The one-sided 95% upper bound of an error rate (Clopper and Pearson, Biometrika 26, 1934)."""
    from scipy.stats import binomtest  # noqa: PLC0415 - as above

    return float(binomtest(wrong, trials, alternative="less").proportion_ci(0.95).high)


def surprising_count(rows: int, level: float = 0.99) -> int:
    """The binomial quantile: more A/A intervals than this excluding 1 among `rows` is a warning."""
    from scipy.stats import binom  # noqa: PLC0415 - as above

    return int(binom.ppf(level, rows, ERROR_RATE))
