"""A machine that writes a trace of its own instead of taking one, by walking at random."""

from collections.abc import Collection
from typing import Any

from harness.fuzz.language import Program
from harness.fuzz.random_numbers import RandomNumbers
from harness.fuzz.specification.family import Family
from harness.fuzz.specification.machine import Entry, Machine
from harness.fuzz.specification.plan import MAIN, WHOLE, make_plan
from harness.fuzz.specification.state import FRESH, State
from harness.fuzz.specification.trees import NOTHING


class Walker(Machine):
    """Walks from the first entry to the last; `trace` is what it has written."""

    def __init__(self, program: Program, family: Family, seed: int) -> None:
        super().__init__(make_plan(program), family, ())
        self._numbers = RandomNumbers(seed)
        self._now = 0
        self.trace: list[Entry] = []

    def emit(self, task: int, kind: str, number: int, value: object = NOTHING) -> None:
        self.trace.append((task, kind, number, value, self._now))

    def emit_one_of(self, task: int, kind: str, number: int, values: Collection[str]) -> str:
        value = self._numbers.choice(sorted(values))
        self.emit(task, kind, number, value)
        return value

    def walk(self) -> list[Entry]:
        """A whole trace."""
        state = self.initial()
        while not self.is_over(state):
            steps = [*self.silent_steps(state)]
            tasks = [task for task in range(len(state.status)) if self._can_run(state, task)]
            if steps and (not tasks or self._numbers.chance(1, 3)):
                state = self._numbers.choice(steps)
                self._now = state.now
            else:
                self._go_on(state, self._numbers.choice(tasks))
        return self.trace

    def _can_run(self, state: State, task: int) -> bool:
        return state.status[task] == FRESH or bool(self.outcomes(state.copy(), task))

    def _go_on(self, state: State, task: int) -> None:
        if state.status[task] == FRESH:
            self.emit(task, "start", WHOLE)
            body = self.plan.body if task == MAIN else self.body_of(task)
            state.frames[task] = (Machine.BLOCK, body, 0, ())
            self._run(state, task, NOTHING)
            return
        kind, number = self.awaited(state, task)
        value: Any = self._numbers.choice([*self.outcomes(state, task)])
        self.emit(task, kind, number, value)
        self.go_on(state, task, kind, value)
