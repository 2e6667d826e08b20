"""Rounds of one of our rows, as `run --fast` takes them, each beside the same scenario under real pyperf."""

import random
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.execution.affinity import avoiding, choose_cpus
from harness.execution.arms import Arm, RoundContext
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.observing import case_spec
from harness.execution.rounds import run_round
from harness.records.pace import ArmFailure
from harness.records.plan import FAST, WARMUPS
from harness.runner.planning import RunRequest, plan_run
from tests.benchmarks.agreement import Pair

T = TypeVar("T")

Values = tuple[float, ...]
"""Seconds per iteration, of one process."""


class OurRow:
    """A row on some loops with the pace that a run would give it; leaves Python where it cannot be timed."""

    def __init__(self, name: str, loops: Sequence[str]) -> None:
        plan = plan_run(RunRequest([name], loops, [], loops[0], 30.0, FAST, seed=0, scale=True)).plan
        [row] = plan.benchmarks
        self._name = name
        self._stage = RoundContext(choose_cpus(row.cpus), plan.timeout_of(row))
        self._arms = [Arm(one.loop.name, case_spec(row, one)) for one in plan.backends]
        with avoiding(self._stage.cpus):
            calibration = self._sound(calibrate(self._arms, self._stage, FAST.value_seconds))
        self._pace = choose_pace(calibration, FAST.turns, WARMUPS)

    def values(self, number: int) -> dict[str, Values]:
        """The values of one round's workers."""
        with avoiding(self._stage.cpus):
            played = self._sound(run_round(self._arms, self._pace, self._stage, f"{self._name}/{number}"))
        return {part.arm: tuple(one.wall / one.loops / 1e9 for one in part.values) for part in played}

    def _sound(self, found: T | ArmFailure) -> T:
        if isinstance(found, ArmFailure):
            sys.exit(f"{self._name}: {found.arm}: {found.reason}")
        return found


def pairs(row: OurRow, theirs: Callable[[str], Values], loops: Sequence[str], number: int) -> dict[str, Pair]:
    """One round of ours and one process of theirs on each loop, in an order drawn anew."""
    measured: dict[str, Values] = {}
    ours: dict[str, Values] = {}
    for who in random.Random(number).sample(["ours", *loops], len(loops) + 1):
        if who == "ours":
            ours = row.values(number)
        else:
            measured[who] = theirs(who)
    return {loop: (ours[loop], measured[loop]) for loop in loops}
