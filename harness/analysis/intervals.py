"""An interval over rounds and what it says: exact ranks of a median, judgements, bounds of error rates."""

from collections.abc import Sequence
from functools import cache
from statistics import median

from harness.records.estimate import ERROR_RATE, Estimate, Judgement, rounds_needed


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
    from scipy.stats import quantile_test

    low, high = quantile_test(range(count), p=0.5).confidence_interval(level)
    return int(low), int(high)


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


def error_rate_bound(wrong: int, trials: int) -> float:
    """The one-sided 95% upper bound of an error rate (Clopper and Pearson, Biometrika 26, 1934)."""
    from scipy.stats import binomtest

    return float(binomtest(wrong, trials, alternative="less").proportion_ci(0.95).high)


def binomial_quantile(rows: int, level: float = 0.99) -> int:
    """The binomial quantile: more A/A intervals than this excluding 1 among `rows` is a warning."""
    from scipy.stats import binom

    return int(binom.ppf(level, rows, ERROR_RATE))
