"""What the rules of statements work with: the plan, the family, and who takes the entries that they write."""

from collections.abc import Collection
from typing import Any, TypeAlias

from harness.fuzz.specification import tasks
from harness.fuzz.specification.cancellation import DOOMED, cancel, is_cancelled
from harness.fuzz.specification.family import Family
from harness.fuzz.specification.plan import Plan, Step, Steps
from harness.fuzz.specification.state import (
    ABANDONED,
    FRESH,
    GONE,
    JOINING,
    PENDING,
    REPORTED_CANCELLED,
    WOKEN,
    State,
)
from harness.fuzz.specification.trees import NOTHING, holds_cancelled
from harness.fuzz.statements import Gather, Group

Outcome: TypeAlias = str | None
"""How a statement or a block ended: with nothing, with an exception; None if the task waits."""


class Parting(Exception):
    """The machine would not write what the trace has; `written` is what it would, where that is one thing."""

    def __init__(self, position: int = -1, written: str = "") -> None:
        super().__init__(written)
        self.position = position
        self.written = written


class Machinery:
    """What the statements need: the plan, the family, and somebody who takes the entries that they write."""

    BLOCK, CATCH, FINALLY, AFTER, SCOPE, GROUP, JOIN, HOLD, CLONE, WAIT, NOTIFY, AGAIN, START = range(13)
    """The kinds of frames; a frame is (kind, step or steps, what it remembers, the frames around it)."""

    def __init__(self, plan: Plan, family: Family) -> None:
        self.plan = plan
        self.family = family
        self.expires_at_entry = True
        """Whether a scope whose deadline is now, when it is entered, is cancelled at once."""
        self.has_entered_due = False

    def emit(self, task: int, kind: str, number: int, value: object = NOTHING) -> None:
        """The machine writes an entry."""
        raise NotImplementedError

    def emit_one_of(self, task: int, kind: str, number: int, values: Collection[str]) -> str:
        """The machine writes an entry with one of these values: the trace says which."""
        raise NotImplementedError

    def body_of(self, task: int) -> Steps:
        """What a child task runs."""
        parent = self.plan.task_parents[task]
        if parent is None:
            return self.plan.body
        return parent.children[task - parent.tasks[0]]

    def kind_awaited(self, state: State, task: int, step: Step) -> str:
        """The kind of entry with which a task goes on that waits in this step."""
        if step.kind is Gather:
            return "gathered"
        if step.kind is Group:
            return "joined" if state.status[task] == JOINING else "done"
        frames = state.frames[task]
        return "acquired" if frames and frames[0] in (self.WAIT, self.NOTIFY) and frames[2] == 0 else "done"

    def task_ended(self, state: State, task: int, outcome: str) -> None:
        """Tell whoever waits for a task that it has ended."""
        state.status[task], state.detail[task] = GONE, outcome
        step = self.plan.task_parents[task]
        if step is None or state.started[task] in (PENDING, REPORTED_CANCELLED, ABANDONED):
            return
        if step.kind is Gather and self.family.gathers_futures:
            tasks.gathered_child_ended(state, step, outcome)
            return
        if step.kind is Gather and step.flag and not holds_cancelled(outcome):
            outcome = NOTHING
        tasks.child_ended(self.plan, state, self.family, task, step, outcome)

    def join_outcomes(self, state: State, task: int, step: Step) -> Collection[object]:
        """What may leave a group now, or a gather over one; nothing while a child is at work."""
        if not tasks.learn_all(self.plan, state, self.family, step):
            return ()
        gathers = step.kind is Gather
        outcomes = tasks.join_outcomes(
            self.plan,
            state,
            self.family,
            step,
            state.frames[task][2],
            collapses=self.family.gather_collapses or not gathers,
        )
        if not gathers:
            return outcomes
        return [tasks.values_of(state, step) if outcome == NOTHING else outcome for outcome in outcomes]

    def gather_failed(self, state: State, task: int, value: object) -> bool:
        """Whether a gather has come back with an exception, not with values."""
        step = state.steps[task]
        return step is None or bool(state.errors[step.scope]) or value != tasks.values_of(state, step)

    def call(self, state: State, task: int, step: Step, status: int, detail: Any = None) -> Outcome:
        """A task calls something and waits for it; where it is cancelled, nothing else happens."""
        state.steps[task] = step
        if is_cancelled(self.plan, state, state.scopes[task]):
            state.status[task], state.detail[task] = WOKEN, DOOMED
        else:
            state.status[task], state.detail[task] = status, detail
        return None

    def spawn(self, state: State, parent: int, task: int) -> None:
        """A child is started: it inherits the context's variables (asyncio and trio: it runs in a copy)."""
        state.status[task] = FRESH
        state.variables[task] = state.variables[parent]
        state.ends[task] = state.ends[parent]

    def enter(self, state: State, task: int, scope: int) -> None:
        """A task enters a scope; a deadline that is past cancels it at once, and one that is now may."""
        state.scopes[task] = scope
        state.active |= 1 << scope
        state.entered |= 1 << scope
        if self.plan.deadlines[scope] <= state.now:
            self.has_entered_due = True
            if self.expires_at_entry or self.plan.deadlines[scope] < state.now:
                cancel(self.plan, state, scope, running=task)
