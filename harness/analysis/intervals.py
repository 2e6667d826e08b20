"""An interval over rounds and what it says: exact ranks, judgements, bounds of error rates."""

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist, median

from harness.records.entries import FIRST_METHOD, RunStarted
from harness.records.estimate import ERROR_RATE, Estimate, Judgement, inner_level, rounds_needed


def estimate(samples: Sequence[float], level: float) -> Estimate:
    """Return the median of one number a round, with its exact interval at `level`."""
    if len(samples) < rounds_needed(level):
        return Estimate(float(median(samples)), None, None, len(samples))
    low, high = _ranks(len(samples), level)
    ordered = sorted(map(float, samples))
    return Estimate(median(ordered), ordered[low], ordered[high], len(samples))


def estimate_ratio(samples: Sequence[float], level: float) -> Estimate:
    """Return the middle of one log ratio a round, with its exact interval at `level`.

    The middle is the median of the means of all pairs of samples, each with itself among them; the interval
    is that of Wilcoxon's signed ranks (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963). It
    needs samples that lie alike on both sides of their middle, as ratios of arms that take turns do, and two
    thirds of the rounds that the interval of a median needs.
    """
    import numpy as np

    ordered = np.sort(np.asarray(samples, dtype=float))
    first, second = np.triu_indices(len(ordered))
    means = np.sort((ordered[first] + ordered[second]) / 2)
    middle = float(np.median(means))
    if len(samples) < rounds_needed(level):
        return Estimate(middle, None, None, len(samples))
    rank = _signed_rank(len(samples), level)
    return Estimate(middle, float(means[rank]), float(means[-1 - rank]), len(samples))


def estimate_shift(old: Sequence[float], new: Sequence[float], level: float) -> Estimate:
    """Return by how much two independent series of log ratios lie apart, with its exact interval at `level`.

    It is the median of all differences of a new and an old one, and the interval is that of Mann and
    Whitney's test (Hodges and Lehmann, as above): half as wide as the ends of two intervals furthest apart.
    """
    import numpy as np

    differences = np.sort(
        np.subtract.outer(np.asarray(new, dtype=float), np.asarray(old, dtype=float)).ravel()
    )
    middle, rounds = float(np.median(differences)), min(len(old), len(new))
    rank = _rank_sum(min(len(old), len(new)), max(len(old), len(new)), level)
    if rank < 0:
        return Estimate(middle, None, None, rounds)
    return Estimate(middle, float(differences[rank]), float(differences[-1 - rank]), rounds)


MANY = 200
"""The rounds of two series together beyond which the rank sum is taken for normal, as it nearly is."""


@cache
def _rank_sum(few: int, many: int, level: float) -> int:
    """Return the index of the difference that an interval of two series begins with; -1 if there is none."""
    import numpy as np

    share = (1 - level) / 2
    if few + many > MANY:
        spread = math.sqrt(few * many * (few + many + 1) / 12)
        return int(few * many / 2 + NormalDist().inv_cdf(share) * spread - 0.5)
    ways = np.zeros((few + 1, few * many + 1))
    ways[0, 0] = 1
    for rank in range(few + many):  # ways to choose so many of the first ranks with this rank sum
        for chosen in range(min(few, rank + 1), 0, -1):
            step = rank - chosen + 1  # the ranks not chosen that lie below
            if step <= many:
                ways[chosen, step:] += ways[chosen - 1, : few * many + 1 - step]
    chances = np.cumsum(ways[few]) / ways[few].sum()
    return int(np.searchsorted(chances, share * (1 + 1e-9), side="right")) - 1


def ratio_in(run: RunStarted, samples: Sequence[float], level: float) -> Estimate:
    """Return the estimate of a ratio in a record by the method that it was measured by.

    So a figure that is made of a record anew is what it was when the record was made.
    """
    if run.method == FIRST_METHOD:
        return estimate(samples, level)
    return estimate_ratio(samples, inner_level(level) if run.plan.effort.adjusted else level)


@cache
def _signed_rank(count: int, level: float) -> int:
    """Return how many pair means lie below an interval at `level`, and as many above it.

    It is the greatest sum that Wilcoxon's signed ranks stay at or below with at most half of the error rate:
    the sum's distribution is that of the ranks 1 to n, each counted or not with equal chances.
    """
    import numpy as np

    chances = np.ones(1)
    for rank in range(1, count + 1):
        longer = np.zeros(len(chances) + rank)
        longer[: len(chances)] += chances / 2
        longer[rank:] += chances / 2
        chances = longer
    return int(np.searchsorted(np.cumsum(chances), (1 - level) / 2 * (1 + 1e-9), side="right")) - 1


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


def load_distributions() -> None:
    """Import what intervals are computed with, which takes a second, before the first of them is needed."""
    import scipy.stats  # noqa: F401
