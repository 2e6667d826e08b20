"""A quantile of all operations of all rounds: their sketches added up, with an interval over rounds.

The mean or median of the workers' own quantiles is another number. Where few operations of each worker lie
beyond a quantile it is too small, and a stall that one worker in five has is in none of the middle ones.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.student import standard_errors
from harness.protocol.latency_bins import ACCURACY, time_of
from harness.records.estimate import Estimate, rounds_needed

Bins = Mapping[int, int]
"""How many operations of a worker lie in each bin of its sketch."""


def quantile_name(quantile: float) -> str:
    """Return what a quantile is called: `p99.9`."""
    return f"p{quantile * 100:g}"


@dataclass(frozen=True, slots=True)
class MergedQuantile:
    """A quantile of all operations, as the logarithm of nanoseconds.

    `excess` are the operations of each round beyond the quantile, less those that it would have if all
    rounds had the same share of them there.
    """

    log_time: Estimate
    excess: tuple[float, ...]


def merged_quantile(rounds: Sequence[Bins], quantile: float, level: float) -> MergedQuantile:
    """Return a quantile of all operations of these rounds together; no interval where rounds are too few.

    Rounds are the sample, for operations of one worker are not independent. Their shares of operations beyond
    the quantile say how well the share of all is known, and the interval is that of the times at its two ends
    (Woodruff, Journal of the American Statistical Association 47, 1952), by Student's t on the log odds of
    the share. The ends of bins are the ends of the interval, for a sketch does not know more.
    """
    merged = _add(rounds)
    middle = bin_at(merged, quantile)
    excess = _excess(rounds, merged, middle, quantile)
    value = math.log(time_of(middle))
    if len(rounds) < rounds_needed(level):
        return MergedQuantile(Estimate(value, None, None, len(rounds)), excess)
    away = _error_of_share(excess, merged.total(), level) / (quantile * (1 - quantile))
    low, high = (bin_at(merged, _moved(quantile, log_odds)) for log_odds in (-away, away))
    ends = math.log(time_of(low)) - ACCURACY, math.log(time_of(high)) + ACCURACY
    return MergedQuantile(Estimate(value, *ends, len(rounds)), excess)


def _add(rounds: Sequence[Bins]) -> Counter[int]:
    merged = Counter[int]()
    for bins in rounds:
        merged.update(bins)
    return merged


def bin_at(bins: Bins, quantile: float) -> int:
    """Return the lowest bin that, with all below it, holds more operations than the quantile's rank."""
    rank, passed = quantile * (sum(bins.values()) - 1), 0
    for bin_number in sorted(bins):
        passed += bins[bin_number]
        if passed > rank:
            return bin_number
    return max(bins)


def _excess(rounds: Sequence[Bins], merged: Counter[int], middle: int, quantile: float) -> tuple[float, ...]:
    """Return each round's excess beyond the quantile, to which its bin belongs in part.

    That part is what makes the share of all rounds exact. Without it, a bin that holds many operations, as
    a stall of one length does, would look as if no round differed from another.
    """
    beyond = (1 - quantile) * merged.total() - sum(
        count for number, count in merged.items() if number > middle
    )
    part = beyond / merged[middle]
    return tuple(
        sum(count for number, count in bins.items() if number > middle)
        + part * bins.get(middle, 0)
        - (1 - quantile) * sum(bins.values())
        for bins in rounds
    )


def _error_of_share(excess: Sequence[float], operations: int, level: float) -> float:
    """Return half the width of the interval of the share of operations beyond a quantile."""
    rounds = len(excess)
    squares = math.fsum(beyond**2 for beyond in excess)
    return standard_errors(level, rounds - 1) * math.sqrt(squares * rounds / (rounds - 1)) / operations


def _moved(share: float, log_odds: float) -> float:
    """Return the share whose log odds are higher by so much."""
    return 1 / (1 + (1 - share) / share * math.exp(-log_odds))


def ratio_of_quantiles(own: MergedQuantile, base: MergedQuantile) -> Estimate:
    """Return the ratio of two quantiles of the same rounds, with its interval where both have one.

    It is made of their intervals and of how alike the rounds move both (the method of variance estimates
    recovery: Zou, Psychological Methods 12, 2007), so that what slows a whole round is no difference. What
    the bins of both leave open is added, for that is not alike.
    """
    a, b = own.log_time, base.log_time
    value = a.value - b.value
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Estimate(value, None, None, a.rounds).exp()
    alike = _correlation(own.excess, base.excess)
    down, up = (end - ACCURACY for end in (a.value - a.low, a.high - a.value))
    base_down, base_up = (end - ACCURACY for end in (b.value - b.low, b.high - b.value))
    below = _joined(alike, down, base_up, max(down - base_down, base_up - up))
    above = _joined(alike, up, base_down, max(base_down - down, up - base_up))
    return Estimate(value, value - below - 2 * ACCURACY, value + above + 2 * ACCURACY, a.rounds).exp()


def _correlation(own: Sequence[float], base: Sequence[float]) -> float:
    """Return the correlation of what adds up to 0 in both; 0 where one of them does not move."""
    products = math.fsum(x * y for x, y in zip(own, base, strict=True))
    size = math.sqrt(math.fsum(x * x for x in own) * math.fsum(y * y for y in base))
    return products / size if size else 0.0


def _joined(alike: float, own: float, base: float, together: float) -> float:
    """Return how far a difference may lie to one side of its estimate.

    `own` and `base` are how far the two may move it to that side, and `together` how far they do where both
    move up, or both down. For intervals that are as long on both sides it is Zou's formula. His joins the
    upper part of one and the lower part of the other however alike they are: with tails, whose intervals are
    longer upward, two arms that stall in the same rounds would seem to differ.
    """
    apart = own**2 + base**2
    if alike <= 0:
        return math.sqrt(apart - 2 * alike * own * base)
    return math.sqrt(alike * max(0.0, together) ** 2 + (1 - alike) * apart)
