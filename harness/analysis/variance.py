"""How the variance of rounds divides over turns, workers and rounds, and how many turns are worth their time.

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
"""The fewest and the most turns that a worker takes.

Fewer than four have no two halves of two turns in which a trend within the worker could be seen. With more
than 32 a round lasts so long that the machine's own speed changes during it.
"""

HEADROOM = 0.8
"""The share of the precision asked for that the turns are chosen to reach.

The variance that they are chosen by is itself an estimate, so some room is left.
"""

_OF_MEDIAN = math.pi / 2
"""How many times larger the variance of a median is than that of a mean, for many normal values."""

MAD_TO_SD = 1.4826
"""The factor that turns a median absolute deviation into the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class RoundCost:
    """What a round costs in seconds: to start and end its workers, and for one turn of all its arms."""

    workers: float
    turn: float

    def turns_within(self, seconds: float) -> int:
        """Return how many turns a worker may take in a round of so many seconds, at least FEWEST_TURNS."""
        return max(FEWEST_TURNS, int((seconds - self.workers) / self.turn)) if self.turn > 0 else MOST_TURNS


def variance_components(rounds: Sequence[RoundValues], baseline: str) -> VarianceComponents | None:
    """Divide the variance of log times over turns, workers and rounds; None where the rounds are too few.

    Each arm is compared with the baseline in the same turns.
    """
    whole = [turns for turns in rounds if baseline in turns]
    arms = [arm for arm in (whole[0] if whole else ()) if arm != baseline]
    pairs = {arm: [_differences(turns, arm, baseline) for turns in whole if arm in turns] for arm in arms}
    several = [
        differences for differences in pairs.values() if len(differences) > 1 and len(differences[0]) > 1
    ]
    if not several:
        return None
    turn = _turn_variance(several)
    per_round = mean(_variance([median(of_round) for of_round in differences]) for differences in several)
    middle = _OF_MEDIAN * turn / median(len(of_round) for differences in several for of_round in differences)
    worker = per_round / 2 - middle
    levels = _variance([median(map(_log, turns[baseline])) for turns in whole])
    return VarianceComponents(turn, worker, levels - worker - middle)


def _differences(turns: RoundValues, arm: str, baseline: str) -> list[float]:
    return [_log(mine) - _log(theirs) for mine, theirs in zip(turns[arm], turns[baseline], strict=True)]


def _log(value: Value) -> float:
    return math.log(value.wall / value.loops)


def _turn_variance(pairs: Sequence[Sequence[Sequence[float]]]) -> float:
    """Return the variance of one arm's log time in one turn.

    The step from one turn's difference of two arms to the next one's holds four such variances.
    """
    steps = [
        abs(late - early)
        for differences in pairs
        for of_round in differences
        for early, late in pairwise(of_round)
    ]
    return (MAD_TO_SD * median(steps)) ** 2 / 4


def _variance(samples: Sequence[float]) -> float:
    """Return the robust variance of samples around their median, which takes one degree of freedom."""
    middle = median(samples)
    deviation = MAD_TO_SD * median(abs(sample - middle) for sample in samples)
    return deviation**2 * len(samples) / (len(samples) - 1)


def round_cost(rounds: Sequence[RoundValues], seconds: Sequence[float]) -> RoundCost:
    """Return what rounds that took so many seconds cost; a worker waits while all others have their turns.

    At least one round must have two arms or more, for in a round of a single arm nobody waits.
    """
    turn = median(_turn_seconds(turns) for turns in rounds if len(turns) > 1)
    taken = median(len(values) for turns in rounds for values in turns.values())
    return RoundCost(max(0.0, median(seconds) - taken * turn), turn)


def _turn_seconds(turns: RoundValues) -> float:
    """Return how long one turn of all arms of a round takes, in seconds."""
    return sum(map(_mean_wait, turns.values())) / (len(turns) - 1)


def _mean_wait(values: Sequence[Value]) -> float:
    return mean(value.waited for value in values) / 1e9


def optimal_turns(
    components: VarianceComponents, cost: RoundCost, precision: float, level: float, rounds: int
) -> int:
    """Return how many turns make an interval of ±`precision` cost the least machine time.

    It is √(cost of workers / cost of a turn × variance of a turn / variance of a worker), after Kalibera and
    Jones (see above). Fewer are enough where the `rounds` that are taken anyway then reach the precision.
    """
    worker = max(0.0, components.worker)
    cheapest = _root(cost.workers * _OF_MEDIAN * components.turn, cost.turn * worker)
    wide = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(_OF_MEDIAN / rounds)
    spare = (HEADROOM * precision / wide) ** 2 / 2 - worker
    enough = _OF_MEDIAN * components.turn / spare if spare > 0 else math.inf
    return round(min(max(FEWEST_TURNS, min(cheapest, enough)), MOST_TURNS))


def _root(above: float, below: float) -> float:
    return math.sqrt(above / below) if below > 0 else math.inf
