"""An estimate is a number with its interval; a judgement is what such an interval says about a backend."""

import math
from dataclasses import dataclass
from enum import StrEnum

ERROR_RATE = 0.05
"""How often any interval of a run may miss its truth (Bonferroni), or each where they are not adjusted."""


NORMAL_95 = 1.96
"""Standard errors on either side that hold 95% of a normal distribution."""


class Judgement(StrEnum):
    """What an interval says about a backend against the baseline."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUAL = "equal within the margin"
    NOT_RESOLVED = "not resolved"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median over rounds with its interval; `low` and `high` are None where rounds are too few."""

    value: float
    low: float | None
    high: float | None
    rounds: int

    @property
    def half_width(self) -> float:
        """Half the interval's width; infinite where there is none."""
        if self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2

    def exp(self) -> "Estimate":
        """The estimate of a ratio from that of its logarithm."""
        if self.low is None or self.high is None:
            return Estimate(math.exp(self.value), None, None, self.rounds)
        low, high = math.exp(self.low), math.exp(self.high)
        return Estimate(math.exp(self.value), low, high, self.rounds)


def confidence_level(comparisons: int) -> float:
    """The level of one interval so that all `comparisons` hold together at 95% (Bonferroni)."""
    return 1 - ERROR_RATE / max(1, comparisons)


def rounds_needed(level: float) -> int:
    """The fewest rounds whose median has an exact interval: 2 · ½ⁿ ≤ 1 - level."""
    return math.ceil(math.log2(2 / (1 - level)))
