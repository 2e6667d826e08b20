"""What one round says of one arm: its values become a number, such as a log ratio to the baseline."""

import math
from collections.abc import Sequence
from statistics import median

from harness.protocol.messages import Value


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
