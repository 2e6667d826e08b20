"""What is odd about the rounds of one arm, in words that stand beside its figures."""

import math
from collections.abc import Sequence
from statistics import median

from harness.analysis.intervals import estimate, estimate_ratio
from harness.analysis.samples import (
    trend_of,
)
from harness.analysis.variance import FEWEST_TURNS
from harness.records.estimate import ERROR_RATE
from harness.records.pace import ArmRound

DISTURBING = 0.01
"""The share of the time between its turns above which an arm's use of CPU is flagged."""


TRENDING = 0.02
"""How far apart the two halves of a worker's turns may lie before it is flagged.

It is the default precision: a smaller trend moves no judgement.
"""


APART = 0.01
"""How far apart the ratios by quiet laps and by whole values may lie before that is flagged."""


TREND_LEVEL = 0.99
"""The confidence level of a trend's interval.

A trend is looked for in every case, so that few may appear by chance.
"""


def unlike_whole_values(quiet: Sequence[float], whole: Sequence[float]) -> tuple[str, ...]:
    """Flag a ratio by quiet laps that the ratio by whole values does not bear out, round by round."""
    apart = estimate_ratio([w - q for w, q in zip(whole, quiet, strict=True)], 1 - ERROR_RATE)
    if apart.low is None or apart.high is None or apart.low <= 0 <= apart.high or abs(apart.value) <= APART:
        return ()
    return (f"by whole values the ratio is {math.exp(median(whole)):.3f}",)


def trending(parts: Sequence[ArmRound]) -> tuple[str, ...]:
    """Flag an arm whose values still change within a worker: it was not warm when it was timed."""
    if len(parts[0].values) < FEWEST_TURNS:
        return ()
    trend = estimate([trend_of(part.values) for part in parts], TREND_LEVEL).exp()
    if trend.low is None or trend.high is None or trend.low <= 1 <= trend.high:
        return ()
    if abs(trend.value - 1) < TRENDING:
        return ()
    word = "quicker" if trend.value < 1 else "slower"
    return (f"the second half of a worker's turns is {abs(trend.value - 1):.1%} {word} than the first",)


def disturbing(parts: Sequence[ArmRound]) -> tuple[str, ...]:
    """Flag an arm that uses CPU while it waits for its turn, which is other arms' time.

    A worker with one turn lived alone: it waits for no time at all, and takes nobody's.
    """
    if len(parts[0].values) == 1:
        return ()
    idle = sum(value.idle_cpu for part in parts for value in part.values)
    waited = sum(value.waited for part in parts for value in part.values)
    share = idle / max(1, waited)
    return (f"uses {share:.1%} CPU between its turns",) if share > DISTURBING else ()
