"""What one round says of one arm: its values become a number, such as a log ratio to the baseline."""

import math
from collections.abc import Sequence
from statistics import median

from harness.protocol.messages import Value


def log_ratio(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """Return one round's sample of a ratio: the median over its turns of ln(t_arm / t_baseline)."""
    return median(
        math.log(_seconds(mine) / _seconds(theirs)) for mine, theirs in zip(arm, baseline, strict=True)
    )


def log_ratio_of_totals(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """Return the log of the ratio of the total times of one round."""
    return math.log(sum(map(_seconds, arm)) / sum(map(_seconds, baseline)))


def excess(arm: Sequence[Value], ideal: float) -> float:
    """Return one round's sample of a scenario that sleeps: the median over turns of t - ideal, in µs."""
    return median((_seconds(value) - ideal) * 1e6 for value in arm)


def trend_of(arm: Sequence[Value]) -> float:
    """Return one round's sample of a trend: the log of the later turns' typical time over the earlier."""
    half = len(arm) // 2
    return math.log(typical_seconds(arm[-half:]) / typical_seconds(arm[:half]))


def typical_seconds(arm: Sequence[Value]) -> float:
    """Return one round's sample of absolute time: the median over turns, in seconds per iteration."""
    return median(map(_seconds, arm))


def _seconds(value: Value) -> float:
    return value.wall / value.loops / 1e9
