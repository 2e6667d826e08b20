"""How many iterations a value takes, found by timing a few, and what rounds of a benchmark look like then."""

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from harness.execution.arms import Arm, ArmFailed, RoundContext
from harness.protocol.laps import lap_sizes, unpack
from harness.protocol.messages import Turn, Value
from harness.records.pace import FEWEST_UNTIMED, ONE_AT_A_TIME, SLOWEST_VALUE, ArmFailure, RoundSettings

CALIBRATION_VALUES = 3
"""The number of values of which a calibration takes the smallest."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The loop count of the first arm, and the seconds of one iteration: its own and the slowest arm's.

    `collects` says whether a garbage collection fell into any arm's value.
    """

    loops: int
    iteration: float
    slowest: float
    collects: bool = True


def calibrate(arms: Sequence[Arm], context: RoundContext, seconds: float) -> Calibration | ArmFailure:
    """Find one loop count for all arms: with it, the first arm's value lasts at least `seconds`."""
    try:
        with ExitStack() as stack:
            workers = context.open_arms(arms, context, stack)
            for worker in workers:
                worker.wait_until_ready()
            return calibrate_workers(workers, seconds)
    except ArmFailed as failed:
        return failed.failure


class TurnTaker(Protocol):
    """What takes turns and gives their values: the worker of an arm."""

    def take_turn(self, kind: str, turn: Turn, /) -> Value:
        """Take one turn."""


def calibrate_workers(workers: Sequence[TurnTaker], seconds: float) -> Calibration:
    """Calibrate workers that are ready; the first one's values are to last at least `seconds`."""
    loops, iteration = _find_loops(workers[0], seconds)
    few_loops = max(1, loops // 8)
    slowest = max([iteration, *(_iteration(worker, few_loops) for worker in workers[1:])])
    collects = slowest > LONG_ITERATION or _collect(workers, _bounded(loops, slowest))
    return Calibration(loops, iteration, slowest, collects)


def _bounded(loops: int, slowest: float) -> int:
    """Return the loop count with which no arm's value lasts longer than SLOWEST_VALUE."""
    return max(1, min(loops, int(SLOWEST_VALUE / slowest)))


def _collect(workers: Sequence[TurnTaker], loops: int) -> bool:
    """Decide whether a garbage collection falls into a value of any arm, a longer one of a round included."""
    longest = math.ceil(loops * (1 + LOOP_SPREAD))
    turns = (Turn(longest, seed=0, untimed=0) for _ in range(CALIBRATION_VALUES))
    return any(any(worker.take_turn("warmup", turn).collections) for turn in turns for worker in workers)


def _find_loops(worker: TurnTaker, seconds: float) -> tuple[int, float]:
    """Double the loops until a value lasts `seconds`; return the count and one iteration's seconds."""
    loops = 1
    while (iteration := _iteration(worker, loops)) * loops < seconds / 2:
        loops *= 2
    return math.ceil(seconds / iteration), iteration


def _iteration(worker: TurnTaker, loops: int) -> float:
    """Measure one iteration, in seconds: by the quietest lap of a few values, so that no hiccup counts."""
    turn = Turn(loops, seed=0, untimed=0, laps=LAPS)
    values = [worker.take_turn("warmup", turn) for _ in range(CALIBRATION_VALUES)]
    return min(map(_quietest, values)) / 1e9


def _quietest(value: Value) -> float:
    """Return the nanoseconds of an iteration in a value's quickest lap, or in the whole value."""
    if not value.laps:
        return value.wall / value.loops
    times = unpack(value.laps)
    sizes = lap_sizes(value.loops, len(times))
    return min(time / size for time, size in zip(times, sizes, strict=True))


UNTIMED_SECONDS = 0.001
"""Seconds that the untimed iterations before the clock last in every turn, about.

A loop needs as long to be warm again after a full collection and the turns of others (docs/method.md).
"""


SLOW_ITERATION = 0.01
"""Seconds of one iteration above which a turn has one untimed iteration, and the full collection after it.

Cold caches cost an iteration of this length nothing, but the objects that the untimed one leaves among the
old decide whether a full collection falls into the value: ten thousand of trio's tasks met one in every value
(2.0 times asyncio's time), and none where the collection came last (1.6 times).
"""


LONG_ITERATION = 0.2
"""Seconds of one iteration above which workers live one at a time and give one value each."""


LAPS = 20
"""The laps of a value: each of about 0.3 ms, between two of a neighbor's spells (docs/method-log.md)."""


LONGEST_LAP = 0.001
"""Seconds of one iteration of the slowest arm above which a value is one lap.

With so few laps a quartile of them says little more than their sum.
"""


LOOP_SPREAD = 0.1
"""The share by which a round's loop count may be drawn above or below the calibrated one."""


LONGEST_PART = 0.6
"""The most seconds that a worker's turns take in a round.

Within this time slow changes of the machine's speed average out, so more turns would say little more.
"""


FEWEST_TURNS = 2
"""The fewest turns that a worker takes, however long they are: one alone would have no other beside it."""


def choose_pace(calibration: Calibration, turns: int, warmups: int) -> RoundSettings:
    """Choose how a benchmark so calibrated is measured: `turns` a round, fewer where they are long."""
    if calibration.slowest > LONG_ITERATION:
        return ONE_AT_A_TIME
    loops = _bounded(calibration.loops, calibration.slowest)
    is_short = calibration.iteration < SLOW_ITERATION
    warming = min(loops, math.ceil(UNTIMED_SECONDS / calibration.iteration))
    untimed = max(FEWEST_UNTIMED, warming) if is_short else 1
    few_turns = max(FEWEST_TURNS, int(LONGEST_PART / (calibration.slowest * (loops + untimed))))
    return RoundSettings(
        loops,
        min(turns, few_turns),
        warmups,
        untimed,
        warm=is_short,
        laps=LAPS if calibration.slowest <= LONGEST_LAP else 1,
        collect=calibration.collects,
        loop_spread=LOOP_SPREAD,
    )
