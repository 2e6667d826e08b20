"""What one round says of one arm: its values become a number, such as a log ratio to the baseline."""

import math
from collections.abc import Sequence
from statistics import median

from harness.analysis.quiet_laps import quiet_seconds
from harness.protocol.messages import Value

AWAKE = 0.9
"""The share of wall time that is CPU time, below which a scenario waits or its CPU was taken from it."""

MORE_GIVEN_UP = 2
"""How many times more often than it was taken, a CPU is given up by what waits of itself.

A scenario that only sleeps was seen to lose its CPU five times in twelve sleeps on a busy machine.
"""


def log_ratio(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """Return one round's sample of a ratio: the median over its turns of ln(t_arm / t_baseline).

    The times are those of quiet laps.
    """
    return median(
        math.log(quiet_seconds(mine) / quiet_seconds(theirs))
        for mine, theirs in zip(arm, baseline, strict=True)
    )


def log_ratio_of_totals(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """Return the log of the ratio of the total times of one round."""
    return math.log(sum(map(_seconds, arm)) / sum(map(_seconds, baseline)))


def log_ratio_of_cpu(arm: Sequence[Value], baseline: Sequence[Value]) -> float:
    """Return one round's sample of a ratio of CPU times: the median over turns of ln(cpu_arm / cpu_base)."""
    return median(
        math.log(_cpu_seconds(mine) / _cpu_seconds(theirs))
        for mine, theirs in zip(arm, baseline, strict=True)
    )


def waits(values: Sequence[Value]) -> bool:
    """Decide whether a scenario waits of itself, as one that sleeps or asks another process does.

    It then gives its CPU up, once an iteration at the least: the system counts a voluntary switch. Where
    something else ran, the CPU was taken from it: the system counts an involuntary one.
    """
    wall, cpu = sum(value.wall for value in values), sum(value.cpu for value in values)
    voluntary, involuntary = (sum(value.switches[kind] for value in values) for kind in (0, 1))
    gives_up = voluntary >= sum(value.loops for value in values) and voluntary >= involuntary * MORE_GIVEN_UP
    return cpu < wall * AWAKE and gives_up


def excess(arm: Sequence[Value], ideal: float) -> float:
    """Return one round's sample of a scenario that sleeps: the median over turns of t - ideal, in µs."""
    return median((_seconds(value) - ideal) * 1e6 for value in arm)


def trend_of(arm: Sequence[Value]) -> float:
    """Return one round's sample of a trend: the log of the later turns' typical time over the earlier."""
    half = len(arm) // 2
    return math.log(typical_seconds(arm[-half:]) / typical_seconds(arm[:half]))


def typical_seconds(arm: Sequence[Value]) -> float:
    """Return one round's sample of absolute time: the median over turns, in seconds per iteration."""
    return median(map(quiet_seconds, arm))


def _cpu_seconds(value: Value) -> float:
    return max(1, value.cpu) / value.loops / 1e9


def _seconds(value: Value) -> float:
    return value.wall / value.loops / 1e9
