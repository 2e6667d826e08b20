"""Counts the instructions of an iteration with valgrind: no clock, so that a busy machine does not matter.

A worker runs under cachegrind, which says at its end how many instructions it executed in all. Each arm has
two workers that differ in their number of iterations and in nothing else, and so do their instructions.
"""

import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from harness.execution.arms import Arm, ArmFailed, ArmWorker, RoundContext
from harness.protocol.messages import Turn, Value
from harness.records.pace import ArmFailure, ArmRound

VALGRIND = "valgrind"
"""The program that counts, as the system's packages call it."""

COUNTED = (VALGRIND, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
"""What a worker is run by. Without the simulation of caches it is some thirty times as slow as by itself."""

PATIENCE = 20
"""How many times longer than an ordinary worker one may be silent that is counted."""

MORE = 5
"""How many times the iterations of the one worker the other one runs.

Two starts of one worker differ by some hundred instructions: far less than 10⁻⁴ of the difference.
"""

_COUNT = re.compile(r"^==\d+== I +refs: +([\d,]+)", re.MULTILINE)


def can_count() -> bool:
    """Decide whether instructions can be counted here."""
    return shutil.which(VALGRIND) is not None


def open_counted_arms(arms: Sequence[Arm], context: RoundContext, stack: ExitStack) -> list[ArmWorker]:
    """Start two workers under valgrind for each arm; the stack ends them."""
    return [stack.enter_context(CountedArm(arm, context)) for arm in arms]


def instructions_in(output: str) -> int | None:
    """Return the instructions that cachegrind says a process executed; None where it says nothing."""
    counts = _COUNT.findall(output)
    return int(counts[-1].replace(",", "")) if counts else None


class CountedWorker(ArmWorker):
    """A worker that runs under valgrind."""

    under = COUNTED

    def count(self) -> int:
        """Return the instructions of the worker's whole life. Raises ArmFailed where it does not end well."""
        output = self._wait_for_end()
        count = instructions_in(output)
        if count is None:
            raise ArmFailed(
                ArmFailure(self._arm.name, "was not counted by valgrind", output, unmeasured=True)
            )
        return count


class CountedArm(CountedWorker):
    """The two workers of one arm: this one runs few iterations, and its other one many."""

    def __init__(self, arm: Arm, context: RoundContext) -> None:
        patient = replace(context, timeout=context.timeout * PATIENCE)
        super().__init__(arm, patient)
        self._many = CountedWorker(arm, patient)

    def __exit__(self, *_: object) -> None:
        """End both workers."""
        try:
            super().__exit__()
        finally:
            self._many.__exit__()

    def wait_until_ready(self) -> None:
        """Wait until both workers are ready. Raises ArmFailed."""
        super().wait_until_ready()
        self._many.wait_until_ready()

    def take_turn(self, kind: str, turn: Turn) -> Value:
        """Have both workers take a turn, and return that of the many iterations. Raises ArmFailed."""
        super().take_turn(kind, turn)
        return self._many.take_turn(kind, replace(turn, loops=turn.loops * MORE))

    def scrutinize(self, last: Turn) -> None:
        """Compare no clocks: under valgrind they tell nothing, and nothing is read off them."""

    def release(self) -> None:
        """Tell both workers that all turns are over."""
        super().release()
        self._many.release()

    def finish(self) -> ArmRound:
        """Return the arm's part with the instructions of as many iterations as the workers differ by."""
        few, many = super().finish(), self._many.finish()
        instructions = self._many.count() - self.count()
        between = sum(v.loops for v in many.values) - sum(v.loops for v in few.values)
        value = replace(many.values[-1], loops=between, instructions=instructions)
        return replace(many, values=(value,))
