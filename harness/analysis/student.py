"""Student's t-test, by which the usual procedure decides whether two samples differ."""

from collections.abc import Sequence

from harness.records.estimate import ERROR_RATE


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
