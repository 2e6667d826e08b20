"""How many iterations a value takes, found by timing a few, and what rounds of a benchmark look like then."""

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from harness.execution.rounds import Arm, ArmFailed, ArmWorker, RoundContext
from harness.protocol.messages import Turn
from harness.records.pace import FEWEST_UNTIMED, ONE_AT_A_TIME, ArmFailure, RoundSettings

TRIES = 3
"""Values of which a calibration takes the least."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The loops that the first arm needs, and seconds of an iteration: its own and the slowest arm's."""

    loops: int
    iteration: float
    slowest: float


def calibrate(arms: Sequence[Arm], stage: RoundContext, seconds: float) -> Calibration | ArmFailure:
    """Find one loop count for a row: the first arm's value lasts at least `seconds`."""
    try:
        with ExitStack() as stack:
            players = [stack.enter_context(ArmWorker(arm, stage)) for arm in arms]
            for player in players:
                player.wait_until_ready()
            loops, iteration = _enough(players[0], seconds)
            few = max(1, loops // 8)
            slowest = max([iteration, *(_iteration(player, few) for player in players[1:])])
    except ArmFailed as failed:
        return failed.fault
    return Calibration(loops, iteration, slowest)


def _enough(player: ArmWorker, seconds: float) -> tuple[int, float]:
    """The loops after which a value lasts `seconds`, found by doubling, and one iteration's seconds."""
    loops = 1
    while (iteration := _iteration(player, loops)) * loops < seconds / 2:
        loops *= 2
    return math.ceil(seconds / iteration), iteration


def _iteration(player: ArmWorker, loops: int) -> float:
    """Seconds of one iteration: the least of a few values, for a hiccup must not set the loop count."""
    values = [player.play("warmup", Turn(loops, seed=0, untimed=0)) for _ in range(TRIES)]
    return min(value.wall / value.loops / 1e9 for value in values)


UNTIMED = 0.001
"""Seconds, about, that iterations last which come before the clock in every turn.

So long a loop needs to be warm again after a full collection and the turns of others (README, Method).
"""


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


def choose_pace(calibration: Calibration, turns: int, warmups: int, pilot: int = 0) -> RoundSettings:
    """How to measure a row that was calibrated so, with `turns` until `pilot` rounds were taken."""
    if calibration.slowest > LONG_ITERATION:
        return ONE_AT_A_TIME
    loops = max(1, min(calibration.loops, int(SLOWEST_VALUE / calibration.slowest)))
    quick = calibration.iteration < SLOW_ITERATION
    warming = min(loops, math.ceil(UNTIMED / calibration.iteration))
    untimed = max(FEWEST_UNTIMED, warming) if quick else 1
    lasting = calibration.slowest * (loops + untimed)
    few = max(FEW_TURNS, int(LONGEST_PART / lasting))
    pilot = pilot if few >= turns else 0
    return RoundSettings(loops, min(turns, few), warmups, untimed, pilot_rounds=pilot, warm=quick)
