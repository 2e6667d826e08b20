"""How a row is measured, and what its rounds give: the words that rounds and records share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.protocol.messages import Farewell, Timed, Value

UNTIMED = 0.001
"""Seconds, about, that iterations last which come before the clock in every turn.

So long a loop needs to be warm again after a full collection and the turns of others (README, Method).
"""

FEWEST_UNTIMED = 3
"""Of those iterations, however long one is."""

SLOW_ITERATION = 0.01
"""Seconds of one iteration above which a turn starts with one untimed iteration.

Then the full collection comes after it. Cold caches cost so long an iteration nothing, while what it leaves
among the old objects decides whether a full collection falls into the value: ten thousand of trio's tasks met
one in every value (2.0 times asyncio's time), and none with the collection last (1.6 times).
"""

SLOWEST_VALUE = 0.1
"""Seconds that a value of a row's slowest arm may last."""

LONG_ITERATION = 0.2
"""Seconds of one iteration above which workers live one at a time and give one value each."""

LONGEST_PART = 0.6
"""Seconds that a worker's turns may take in a round before they are chosen by their variance.

Values so long average over the machine's moods.
"""

FEW_TURNS = 2
"""That a worker takes however long they are: one would leave nothing to compare it with."""

GRAIN = 200
"""Loop counts of an audit are multiples of this, so that half a percent is a whole iteration."""

PILOT_ROUNDS = 5
"""Rounds after which a row's turns are chosen: the fewest whose workers' variance can be told from 0."""

AGAIN = "A/A"
"""The name of the baseline's second entry."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The loops that the first arm needs, and seconds of an iteration: its own and the slowest arm's."""

    loops: int
    iteration: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How a row is measured, fixed before its first round: one loop count for all arms.

    `alone` is for iterations so long that workers live one at a time, one value each. After `pilot` rounds
    the turns are chosen from their variance, once; 0 leaves them as they are. Warm-ups are `timed` whole. If
    `warm`, untimed iterations come after a turn's full collection, otherwise before it.
    """

    loops: int
    turns: int
    warmups: int
    untimed: int = FEWEST_UNTIMED
    alone: bool = False
    pilot: int = 0
    timed: Timed = "whole"
    warm: bool = True


ALONE = Pace(loops=1, turns=1, warmups=0, untimed=0, alone=True, warm=False)
"""How a row of long iterations is measured."""


def choose_pace(calibration: Calibration, turns: int, warmups: int, pilot: int = 0) -> Pace:
    """How to measure a row that was calibrated so, with `turns` until `pilot` rounds were taken."""
    if calibration.slowest > LONG_ITERATION:
        return ALONE
    loops = max(1, min(calibration.loops, int(SLOWEST_VALUE / calibration.slowest)))
    quick = calibration.iteration < SLOW_ITERATION
    warming = min(loops, math.ceil(UNTIMED / calibration.iteration))
    untimed = max(FEWEST_UNTIMED, warming) if quick else 1
    lasting = calibration.slowest * (loops + untimed)
    few = max(FEW_TURNS, int(LONGEST_PART / lasting))
    pilot = pilot if few >= turns else 0
    return Pace(loops, min(turns, few), warmups, untimed, pilot=pilot, warm=quick)


@dataclass(frozen=True, slots=True)
class ArmRound:
    """One worker's part in a round: its values in the order of the turns."""

    arm: str
    warmups: tuple[Value, ...]
    values: tuple[Value, ...]
    farewell: Farewell

    def without_results(self) -> "ArmRound":
        """The part to journal: results that were found to be what was promised would only fill it."""
        warmups, values = (tuple(map(_without_result, some)) for some in (self.warmups, self.values))
        return replace(self, warmups=warmups, values=values)


def _without_result(value: Value) -> Value:
    return value if value.result is None else replace(value, result=None)


Turns = Mapping[str, Sequence[Value]]
"""One round: the values of every arm, in the order of the turns."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An arm that could not finish a round: its worker's end, a refusal, or what the story raised."""

    arm: str
    because: str
    said: str = ""
    timed_out: bool = False
    unmeasured: bool = False
