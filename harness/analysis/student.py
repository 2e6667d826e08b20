"""Student's t: the interval of a mean of few independent numbers, and the test of the usual procedure."""

from collections.abc import Sequence
from statistics import fmean, stdev

from harness.records.estimate import ERROR_RATE, Estimate


def standard_errors(level: float, degrees_of_freedom: float) -> float:
    """Return the standard errors on either side of a mean that an interval at this level takes."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, (1 + level) / 2))


def mean_of_logs(logs: Sequence[float], level: float, deviations: float, rounds: int) -> Estimate:
    """Return the mean of logarithms with its interval of so many standard deviations, as a ratio.

    `deviations` is √(1/n) for the mean of n logarithms and √(1 + 1/n) for one more of them; `rounds` are
    those that the ratio rests on.
    """
    middle = fmean(logs)
    away = standard_errors(level, len(logs) - 1) * stdev(logs) * deviations
    return Estimate(middle, middle - away, middle + away, rounds).exp()


def differs_significantly(a: Sequence[float], b: Sequence[float]) -> bool:
    """Decide whether the means of two samples differ, by a two-sided t-test of pooled variance at 5%.

    It is the test of `pyperf compare_to`, which says its answer in words alone. pyperf takes critical values
    off a table of rounded degrees of freedom, at most 1% from the exact ones. Samples that do not vary differ
    if their means do.
    """
    from scipy.stats import ttest_ind

    if len({*a}) == len({*b}) == 1:
        return a[0] != b[0]
    return bool(ttest_ind(a, b).pvalue < ERROR_RATE)
