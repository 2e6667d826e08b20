"""Where the variance of rounds lies, and how many turns a worker had best take.

Repetition is spent at the level that has the variance, after Kalibera and Jones, "Rigorous
benchmarking in reasonable time" (2013), section 6, with medians in the place of means: a shared
machine slows down for milliseconds at a time, and a few such turns would be the whole variance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, mean, median

from harness.protocol.messages import Value
from harness.records.pace import RoundValues
from harness.records.trials import VarianceComponents

FEWEST_TURNS, MOST_TURNS = 4, 32
"""Of a worker. Fewer have no halves in which a trend would show; more outlast the machine's moods."""

HEADROOM = 0.8
"""Of the asked precision, what an interval should come to: it is itself an estimate."""

_OF_MEDIAN = math.pi / 2
"""The variance of the median of many normal values, in variances of their mean."""

MAD_TO_SD = 1.4826
"""Standard deviations of a normal distribution in one median absolute deviation."""


@dataclass(frozen=True, slots=True)
class RoundCost:
    """Seconds of a round: of its workers' starts and ends, and of one turn of all of them."""

    workers: float
    turn: float

    def turns_within(self, seconds: float) -> int:
        """Turns a worker for which a round of so many seconds has the time; never below FEWEST_TURNS."""
        return max(FEWEST_TURNS, int((seconds - self.workers) / self.turn)) if self.turn > 0 else MOST_TURNS


def variance_components(rounds: Sequence[RoundValues], baseline: str) -> VarianceComponents | None:
    """Where the variance of these arms lies, each beside the baseline in the same turns; None for too few."""
    whole = [turns for turns in rounds if baseline in turns]
    arms = [arm for arm in (whole[0] if whole else ()) if arm != baseline]
    pairs = {arm: [_differences(turns, arm, baseline) for turns in whole if arm in turns] for arm in arms}
    several = [found for found in pairs.values() if len(found) > 1 and len(found[0]) > 1]
    if not several:
        return None
    turn = _turn_variance(several)
    per_round = mean(_variance([median(one) for one in found]) for found in several)
    middle = _OF_MEDIAN * turn / median(len(one) for found in several for one in found)
    worker = per_round / 2 - middle
    levels = _variance([median(map(_log, turns[baseline])) for turns in whole])
    return VarianceComponents(turn, worker, levels - worker - middle)


def _differences(turns: RoundValues, arm: str, baseline: str) -> list[float]:
    return [_log(mine) - _log(theirs) for mine, theirs in zip(turns[arm], turns[baseline], strict=True)]


def _log(value: Value) -> float:
    return math.log(value.wall / value.loops)


def _turn_variance(pairs: Sequence[Sequence[Sequence[float]]]) -> float:
    """Of one arm in one turn: from turn to turn the difference of two arms moves by four such variances."""
    steps = [abs(late - early) for found in pairs for one in found for early, late in pairwise(one)]
    return (MAD_TO_SD * median(steps)) ** 2 / 4


def _variance(samples: Sequence[float]) -> float:
    """Of samples around their own median, which is why one of them does not count."""
    middle = median(samples)
    deviation = MAD_TO_SD * median(abs(sample - middle) for sample in samples)
    return deviation**2 * len(samples) / (len(samples) - 1)


def round_cost(rounds: Sequence[RoundValues], seconds: Sequence[float]) -> RoundCost:
    """What rounds of so many seconds cost: a worker waits while all others have their turns.

    At least one round has two arms or more; in one of a single arm nobody waits for anybody.
    """
    turn = median(_turn_seconds(turns) for turns in rounds if len(turns) > 1)
    taken = median(len(values) for turns in rounds for values in turns.values())
    return RoundCost(max(0.0, median(seconds) - taken * turn), turn)


def _turn_seconds(turns: RoundValues) -> float:
    """Seconds of one turn of all arms of a round."""
    return sum(map(_mean_wait, turns.values())) / (len(turns) - 1)


def _mean_wait(values: Sequence[Value]) -> float:
    return mean(value.waited for value in values) / 1e9


def optimal_turns(
    spread: VarianceComponents, price: RoundCost, precision: float, level: float, rounds: int
) -> int:
    """Turns a worker with which an interval of ±`precision` costs least, `rounds` being taken anyway.

    The cheapest variance is had with √(price of workers / of a turn × variance of a turn / of a worker)
    turns (Kalibera and Jones, as above). Fewer will do where so many rounds reach the precision with them.
    """
    worker = max(0.0, spread.worker)
    cheapest = _root(price.workers * _OF_MEDIAN * spread.turn, price.turn * worker)
    wide = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(_OF_MEDIAN / rounds)
    spare = (HEADROOM * precision / wide) ** 2 / 2 - worker
    enough = _OF_MEDIAN * spread.turn / spare if spare > 0 else math.inf
    return round(min(max(FEWEST_TURNS, min(cheapest, enough)), MOST_TURNS))


def _root(above: float, below: float) -> float:
    return math.sqrt(above / below) if below > 0 else math.inf
