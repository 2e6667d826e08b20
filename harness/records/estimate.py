"""An estimate is a number with its interval; a judgement is what such an interval says about a backend."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

ERROR_RATE = 0.05
"""How often any interval of a run may miss its truth (Bonferroni), or each where they are not adjusted."""


SHARE_FOR_STOPPING = 0.2
"""The share of an error rate that is kept back where rounds are taken until intervals are narrow.

Intervals that are looked at several times miss their truth a little more often than their level says: those
at 96% miss it in at most 5% (docs/method.md; a test holds it).
"""


NORMAL_95 = 1.96
"""The standard errors on either side of the mean within which 95% of a normal distribution lies."""


class Judgement(StrEnum):
    """What an interval says about a backend against the baseline."""

    LESS_TIME = "less time"
    MORE_TIME = "more time"
    EQUAL = "equal within the margin"
    NO_CLEAR_DIFFERENCE = "no clear difference"


DIRECTIONS = (Judgement.LESS_TIME, Judgement.MORE_TIME)
"""The judgements that say which of two takes less time, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median over rounds with its interval; `low` and `high` are None where rounds are too few."""

    value: float
    low: float | None
    high: float | None
    rounds: int

    @property
    def has_interval(self) -> bool:
        """Whether there were enough rounds for an interval."""
        return self.low is not None and self.high is not None

    @property
    def half_width(self) -> float:
        """Half the interval's width; infinite where there is none."""
        if self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2

    @property
    def excludes_one(self) -> bool:
        """Whether a ratio's interval says in which direction it lies, be it ever so near to 1."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high

    def exp(self) -> "Estimate":
        """Return the estimate of a ratio from that of its logarithm."""
        return self._map(math.exp)

    def scaled(self, factor: float) -> "Estimate":
        """Return the estimate in another unit: every number times a factor above zero."""
        return self._map(lambda number: number * factor)

    def minus(self, other: "Estimate") -> "Estimate":
        """Return the difference of two independent estimates; its interval joins the ends furthest apart."""
        value, rounds = self.value - other.value, min(self.rounds, other.rounds)
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return Estimate(value, None, None, rounds)
        return Estimate(value, self.low - other.high, self.high - other.low, rounds)

    def over(self, other: "Estimate") -> "Estimate":
        """Return the ratio of two independent estimates above zero; its interval joins the furthest ends."""
        value, rounds = self.value / other.value, min(self.rounds, other.rounds)
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return Estimate(value, None, None, rounds)
        return Estimate(value, self.low / other.high, self.high / other.low, rounds)

    def log(self) -> "Estimate":
        """Return the estimate of a logarithm from that of a positive number."""
        return self._map(math.log)

    def _map(self, change: Callable[[float], float]) -> "Estimate":
        """Return what a change that keeps the order of numbers makes of the value and both ends."""
        low, high = (None if end is None else change(end) for end in (self.low, self.high))
        return Estimate(change(self.value), low, high, self.rounds)


def confidence_level(comparisons: int) -> float:
    """Return the level of one interval so that all `comparisons` hold together at 95% (Bonferroni)."""
    return 1 - ERROR_RATE / max(1, comparisons)


def inner_level(level: float) -> float:
    """Return the level of an interval that holds at `level` under the stopping rule."""
    return 1 - (1 - level) * (1 - SHARE_FOR_STOPPING)


def rounds_needed(level: float) -> int:
    """Return the fewest rounds whose median has an exact interval: 2 · ½ⁿ ≤ 1 - level."""
    return math.ceil(math.log2(2 / (1 - level)))
