"""The machine: one run of it writes one trace. Given a trace, it goes on for as long as it could write it.

What a task does between two awaits follows from the program; what an await comes back with is the trace's to
say, and the rules' to allow.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from math import inf
from typing import Any, TypeAlias

from harness.fuzz.specification import sockets, streams, task_groups, tasks
from harness.fuzz.specification.cancellation import cancel, leave_scope
from harness.fuzz.specification.family import Family, Quirk
from harness.fuzz.specification.frames import FRAMES
from harness.fuzz.specification.machinery import Machinery, Parting
from harness.fuzz.specification.plan import MAIN, WHOLE, WHOLE_SCOPE, Plan
from harness.fuzz.specification.state import (
    BLOCKED,
    FRESH,
    GATHERING,
    GONE,
    JOINING,
    NOTIFIED,
    RECEIVING,
    SENDING,
    SLEEPING,
    SOCKET_RECEIVING,
    STARTING,
    THREADED,
    UNBORN,
    UNDELIVERED,
    WOKEN,
    YIELDING,
    State,
)
from harness.fuzz.specification.synchronization import deliver, take_back
from harness.fuzz.specification.trees import NOTHING, is_exception

Entry: TypeAlias = tuple[int, str, int, Any, int]
"""A task, what it did, in which statement, with which value, and in which instant."""


class Machine(Machinery):
    """Takes the entries of a trace, from any state and position."""

    def __init__(self, plan: Plan, family: Family, trace: Sequence[Entry]) -> None:
        super().__init__(plan, family)
        self._trace = trace
        self._position = 0
        plan.keeps_cancelled_senders = Quirk.CANCELLED_SENDER_IN_LINE in family.quirks
        self._timed = [scope for scope, deadline in enumerate(plan.deadlines) if deadline < inf]

    def initial(self) -> State:
        """Before the first entry: the main task is there, and has not run yet."""
        state = State(self.plan)
        state.status[MAIN] = FRESH
        return state

    def take(self, state: State, position: int, *, expires_at_entry: bool = True) -> int:
        """Take the entries of one task from here to its next await; gives the position after them.

        Raises Parting where the machine would not write them; the state is then of no use any more.
        """
        task, kind, number, value, instant = self._trace[position]
        if instant != state.now:
            raise Parting
        self._position = position
        self.expires_at_entry, self.has_entered_due = expires_at_entry, False
        status = state.status[task] if task < len(state.status) else GONE
        if status == FRESH:
            self.emit(task, "start", WHOLE)
            body = self.plan.body if task == MAIN else self.body_of(task)
            state.frames[task] = (Machinery.BLOCK, body, 0, ())
            self._run(state, task, NOTHING)
        else:
            if (kind, number) != self.awaited(state, task) or value not in self.outcomes(state, task):
                raise Parting
            self._position += 1
            self.go_on(state, task, kind, value)
        return self._position

    def go_on(self, state: State, task: int, kind: str, value: Any) -> None:
        """A task's await has come back with this value or exception, and it runs to its next one."""
        if self.plan.keeps_cancelled_senders:
            streams.leave_send_line(state, task)
        if state.status[task] in sockets.CALLS:
            sockets.returned(state, task, value)
        failed = self.gather_failed(state, task, value) if kind == "gathered" else is_exception(value)
        if state.swallowed or state.may_cancel:
            task_groups.came_back(state, task, kind, failed=failed, value=value)
        self._run(state, task, value if failed else NOTHING)

    def emit(self, task: int, kind: str, number: int, value: object = NOTHING) -> None:
        """The machine writes an entry. Raises Parting if the trace has another one."""
        if self._position >= len(self._trace) or self._trace[self._position][:4] != (
            task,
            kind,
            number,
            value,
        ):
            raise Parting(self._position, f"task {task}: {kind} {number} {value}")
        self._position += 1

    def emit_one_of(self, task: int, kind: str, number: int, values: Collection[str]) -> str:
        """The machine writes an entry with one of these values, and gives the value that the trace has."""
        value = self._trace[self._position][3] if self._position < len(self._trace) else None
        if not isinstance(value, str) or value not in values:
            raise Parting(self._position, f"task {task}: {kind} {number} {' or '.join(values)}")
        self.emit(task, kind, number, value)
        return value

    def _run(self, state: State, task: int, outcome: str | None) -> None:
        """Run a task from an await that has come back to its next one, or to its end."""
        while outcome is not None:
            frames = state.frames[task]
            if not frames:
                self._end(state, task, outcome)
                return
            outcome = FRAMES[frames[0]](self, state, task, frames, outcome)

    def _end(self, state: State, task: int, outcome: str) -> None:
        self.emit(task, "end", WHOLE, outcome)
        self.task_ended(state, task, outcome)
        if task == MAIN:
            caught, left = leave_scope(self.plan, state, WHOLE_SCOPE, outcome)
            self.emit(MAIN, "left", WHOLE, f"{'caught' if caught else 'passed'} {left}")

    def awaited(self, state: State, task: int) -> tuple[str, int]:
        """The kind of entry, and the statement, with which a task that waits will go on."""
        step = state.steps[task]
        if step is None:
            return ("", WHOLE)
        return (self.kind_awaited(state, task, step), step.number)

    def outcomes(self, state: State, task: int) -> Collection[object]:
        """What the await of a task may come back with now; nothing while it has to wait.

        The state is changed by what happens when it does.
        """
        status, detail = state.status[task], state.detail[task]
        if status in _COMPOSED:
            return self._outcomes_of_others(state, task, status, detail)
        if status in sockets.CALLS:
            return sockets.outcomes(state, task, self.family.quirks)
        if status in (RECEIVING, SENDING):
            outcome = self._look(state, task)
            return () if outcome is None else (outcome,)
        if status == WOKEN:
            woken: Collection[object] = detail
            return woken
        can_run = status in (YIELDING, THREADED) or (status == SLEEPING and detail <= state.now)
        return (NOTHING,) if can_run else ()

    def _outcomes_of_others(self, state: State, task: int, status: int, detail: Any) -> Collection[object]:
        """The same for a task that waits for other tasks."""
        if status == JOINING:
            return self.join_outcomes(state, task, detail)
        if status == GATHERING:
            return tasks.gather_outcomes(state, detail)
        return tasks.start_outcomes(self.plan, state, self.family, detail, state.scopes[task])

    def _look(self, state: State, task: int) -> object | None:
        if state.status[task] == RECEIVING:
            return streams.receive(state, task)
        return streams.send(self.plan, state, task)

    def silent_steps(self, state: State) -> Iterator[State]:
        """Every state that is one step away which writes nothing.

        A group learns of a failed child, a deadline that is due expires, who found nothing in a stream stands
        in line, who was notified takes its lock back. Time moves only where there is none of these and nobody
        can run.
        """
        alone = True
        for step, subject in self._steps(state):
            alone = False
            new = state.copy()
            step(new, subject)
            yield new
        if alone and (instant := self._next_instant(state)) is not None:
            new = state.copy()
            new.now = instant
            yield new

    def _steps(self, state: State) -> Iterator[tuple[Callable[[State, int], None], int]]:
        if state.swallowed or state.may_cancel:
            yield from task_groups.silent_steps(state)
        for task in state.unlearned:
            yield self._learn, task
        for scope in self._timed:
            bit = 1 << scope
            if self.plan.deadlines[scope] <= state.now and state.active & bit and not state.cancelled & bit:
                yield self._expire, scope
        for task, status in enumerate(state.status):
            if status in (RECEIVING, SENDING):
                if self._look(state.copy(), task) is None:
                    yield streams.stand_in_line, task
            elif status == NOTIFIED:
                yield take_back, task
            elif status == UNDELIVERED:
                yield deliver, task

    def _learn(self, state: State, task: int) -> None:
        tasks.learn(self.plan, state, self.family, task)

    def _expire(self, state: State, scope: int) -> None:
        """A deadline that is due may expire at any moment of its instant, and has before time moves."""
        cancel(self.plan, state, scope)

    def _next_instant(self, state: State) -> int | None:
        """The instant to which time moves; None if somebody can still run, or nothing is to come."""
        due: list[float] = []
        for task, status in enumerate(state.status):
            if status not in BLOCKED or (status in _DEPENDENT and self._must_run(state, task)):
                return None
            if status == SLEEPING:
                due.append(state.detail[task])
        if due and min(due) <= state.now:
            return None
        pending = state.active & ~state.cancelled
        due.extend(self.plan.deadlines[scope] for scope in self._timed if pending >> scope & 1)
        return int(min(due)) if due else None

    def _must_run(self, state: State, task: int) -> bool:
        """Whether a task that waits for others has to go on before time moves."""
        if state.status[task] == SOCKET_RECEIVING:
            return sockets.must_receive(state, task)
        if state.status[task] == STARTING and tasks.may_wait_for_end(state, state.detail[task]):
            return False
        return bool(self.outcomes(state.copy(), task))

    def is_over(self, state: State) -> bool:
        """Whether every task that was started has ended."""
        return all(status in _OVER for status in state.status)

    def allowed(self, state: State) -> Iterator[str]:
        """In words, each entry that the machine could write next from this state."""
        for task, status in enumerate(state.status):
            if status == FRESH:
                yield f"task {task} starts"
                continue
            kind, number = self.awaited(state, task)
            for outcome in self.outcomes(state.copy(), task):
                yield f"task {task}: {kind} {number} {outcome}"


_OVER = {UNBORN, GONE}
_COMPOSED = {JOINING, GATHERING, STARTING}
"""Who waits for other tasks: whether it still has to depends on them."""
_DEPENDENT = _COMPOSED | {SOCKET_RECEIVING}
