"""How the variance of rounds divides over turns, workers and rounds.

It is that of Kalibera and Jones, "Rigorous benchmarking in reasonable time" (2013), section 6, with medians
in the place of means: a shared machine slows down for milliseconds at a time, and a few such turns would be
the whole variance.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean, median

from harness.analysis.quiet_laps import quiet_seconds
from harness.protocol.messages import Value
from harness.records.pace import RoundValues
from harness.records.trials import VarianceComponents

FEWEST_TURNS = 4
"""The fewest turns of a worker that have two halves of two, in which a trend within it could be seen."""

_OF_MEDIAN = math.pi / 2
"""How many times larger the variance of a median is than that of a mean, for many normal values."""

MAD_TO_SD = 1.4826
"""The factor that turns a median absolute deviation into the standard deviation of a normal distribution."""


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
    return math.log(quiet_seconds(value))


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
