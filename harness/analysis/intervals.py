"""An interval over rounds and what it says: exact ranks of a median, judgements, bounds of error rates."""

from collections.abc import Sequence
from functools import cache
from statistics import median

from harness.records.estimate import ERROR_RATE, Estimate, Judgement, rounds_needed


def estimate(samples: Sequence[float], level: float) -> Estimate:
    """Return the median of one number a round, with its exact interval at `level`."""
    if len(samples) < rounds_needed(level):
        return Estimate(float(median(samples)), None, None, len(samples))
    low, high = _ranks(len(samples), level)
    ordered = sorted(map(float, samples))
    return Estimate(median(ordered), ordered[low], ordered[high], len(samples))


@cache
def _ranks(count: int, level: float) -> tuple[int, int]:
    """Return the indexes of the ordered samples that bound their median at `level`."""
    from scipy.stats import quantile_test

    low, high = quantile_test(range(count), p=0.5).confidence_interval(level)
    return int(low), int(high)


def judge_ratio(ratio: Estimate, margin: float) -> Judgement:
    """Judge a ratio by its interval; inside the margin it is equal even where it excludes 1."""
    if ratio.low is None or ratio.high is None:
        return Judgement.NO_CLEAR_DIFFERENCE
    if 1 - margin <= ratio.low and ratio.high <= 1 + margin:
        return Judgement.EQUAL
    if ratio.high < 1:
        return Judgement.LESS_TIME
    if ratio.low > 1:
        return Judgement.MORE_TIME
    return Judgement.NO_CLEAR_DIFFERENCE


def error_rate_bound(wrong: int, trials: int) -> float:
    """Return the one-sided 95% upper bound of an error rate (Clopper and Pearson, Biometrika 26, 1934)."""
    from scipy.stats import binomtest

    return float(binomtest(wrong, trials, alternative="less").proportion_ci(0.95).high)


def binomial_quantile(self_tests: int, level: float = 0.99) -> int:
    """Return how many of so many self-tests may differ by chance at this level: a binomial quantile."""
    from scipy.stats import binom

    return int(binom.ppf(level, self_tests, ERROR_RATE))
