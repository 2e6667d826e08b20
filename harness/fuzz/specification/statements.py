"""What each statement does in the machine, up to where the task has to wait or the statement is over."""

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from harness.fuzz.language import (
    Cancel,
    Catch,
    Checkpoint,
    Close,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Notify,
    Raise,
    ReadVariable,
    Receive,
    Scope,
    Send,
    SetEvent,
    SetVariable,
    Sleep,
    SleepForever,
    Started,
    Statement,
    Thread,
    WaitCondition,
    WaitEvent,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
)
from harness.fuzz.specification import streams, synchronization, tasks
from harness.fuzz.specification.cancellation import DOOMED, cancel, is_cancelled, leave_scope
from harness.fuzz.specification.family import Family, Quirk
from harness.fuzz.specification.plan import CONDITION, Plan, Step, Steps
from harness.fuzz.specification.state import (
    ABANDONED,
    FOREVER,
    FRESH,
    GATHERING,
    GONE,
    JOINING,
    NOT_BY_START,
    PENDING,
    REPORTED_CANCELLED,
    SLEEPING,
    STARTING,
    THREADED,
    WOKEN,
    YIELDING,
    Frames,
    State,
)
from harness.fuzz.specification.trees import NOTHING, holds_cancelled

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
        return [tasks.values_of(state, step) if one == NOTHING else one for one in outcomes]

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
        """A task enters a scope; a deadline that is past cancels it at once, and one that is now may do so."""
        state.scopes[task] = scope
        state.active |= 1 << scope
        state.entered |= 1 << scope
        if self.plan.deadlines[scope] <= state.now:
            self.has_entered_due = True
            if self.expires_at_entry or self.plan.deadlines[scope] < state.now:
                cancel(self.plan, state, scope, running=task)


def _checkpoint(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return machine.call(state, task, step, YIELDING)


def _sleep(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return machine.call(state, task, step, SLEEPING, step.index)


def _sleep_forever(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return machine.call(state, task, step, FOREVER)


def _thread(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return machine.call(state, task, step, THREADED)


def _raise(_machine: Machinery, _state: State, _task: int, step: Step) -> Outcome:
    return f"E{step.number}"


def _catch(_machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    rest = (Machinery.CATCH, step, None, state.frames[task])
    state.frames[task] = (Machinery.BLOCK, step.body, 0, rest)
    return NOTHING


def _finally(_machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    rest = (Machinery.FINALLY, step, None, state.frames[task])
    state.frames[task] = (Machinery.BLOCK, step.body, 0, rest)
    return NOTHING


def _scope(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    rest = (Machinery.SCOPE, step, state.scopes[task], state.frames[task])
    state.frames[task] = (Machinery.BLOCK, step.body, 0, rest)
    machine.enter(state, task, step.scope)
    return NOTHING


def _enter_again(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    """trio: "a CancelScope can only be used once"; AnyIO: it "may only be used for a single 'with' block"."""
    if step.scope < 0 or not state.entered >> step.scope & 1:
        return NOTHING
    is_free = not (state.active | state.entered_again) >> step.scope & 1
    if is_free and Quirk.SCOPE_ENTERED_AGAIN in machine.family.quirks:
        state.entered_again |= 1 << step.scope
        state.frames[task] = (Machinery.AGAIN, step, None, state.frames[task])
        if machine.plan.shielded[step.scope]:
            state.steps[task], state.status[task], state.detail[task] = step, WOKEN, (NOTHING,)
            return None
        return machine.call(state, task, step, YIELDING)
    machine.emit(task, "done", step.number, "RuntimeError")
    return "RuntimeError"


def _cancel(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    alive = step.scope >= 0 and bool(state.active >> step.scope & 1)
    if alive:
        cancel(machine.plan, state, step.scope, running=task)
    machine.emit(task, "cancel", step.number, alive)
    return NOTHING


def _group(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    rest = (Machinery.GROUP, step, state.scopes[task], state.frames[task])
    state.frames[task] = (Machinery.BLOCK, step.body, 0, rest)
    machine.enter(state, task, step.scope)
    if step.flag:
        state.frames[task] = (Machinery.START, step, 0, state.frames[task])
        return NOTHING
    for child in step.tasks:
        machine.spawn(state, task, child)
    return NOTHING


def _start_next(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """`await group.start(child)`, one child after the other, until all have reported or one has failed."""
    _, step, count, rest = frames
    if count:
        tasks.start_returned(machine.plan, state, machine.family, step.tasks[count - 1], step, outcome)
    if outcome != NOTHING or count == len(step.tasks):
        state.frames[task] = rest
        return outcome
    child = step.tasks[count]
    machine.spawn(state, task, child)
    state.started[child] = PENDING
    state.frames[task] = (Machinery.START, step, count + 1, rest)
    state.steps[task], state.status[task], state.detail[task] = step, STARTING, child
    return None


def _gather(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    state.unfinished[step.scope] = len(step.tasks)
    for child in step.tasks:
        machine.spawn(state, task, child)
    if machine.family.gathers_futures:
        return machine.call(state, task, step, GATHERING, step)
    state.frames[task] = (Machinery.JOIN, step, NOTHING, (state.scopes[task], state.frames[task]))
    machine.enter(state, task, step.scope)
    state.steps[task] = step
    state.status[task], state.detail[task] = JOINING, step
    return None


def _started(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    if state.started[task] == NOT_BY_START:
        return NOTHING
    scope = machine.plan.task_scopes[task]
    outcomes = tasks.report_started(machine.plan, state, task, scope)
    return machine.emit_one_of(task, "started", step.number, outcomes)


def _set_event(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    synchronization.set_event(state, step.index)
    machine.emit(task, "set", step.number)
    return NOTHING


def _wait_event(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    if state.events[step.index]:
        return machine.call(state, task, step, YIELDING)
    machine.call(state, task, step, synchronization.WAITING_EVENT, step.index)
    if state.detail[task] is DOOMED and Quirk.WOKEN_BEFORE_DELIVERY in machine.family.quirks:
        synchronization.wait_undelivered(state, task, event=step.index)
    return None


def _hold(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    if state.held[task] >> step.index & 1:
        state.frames[task] = (Machinery.BLOCK, step.body, 0, state.frames[task])
        return NOTHING
    state.frames[task] = (Machinery.HOLD, step, 0, state.frames[task])
    _acquire(machine, state, task, step, step.index)
    return None


def _acquire(machine: Machinery, state: State, task: int, step: Step, index: int) -> None:
    machine.call(state, task, step, WOKEN)
    if state.detail[task] is not DOOMED:
        synchronization.acquire(state, task, index)
    elif Quirk.WOKEN_BEFORE_DELIVERY in machine.family.quirks:
        synchronization.wait_undelivered(state, task, index=index)


def _wait_condition(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    state.frames[task] = (Machinery.WAIT, step, 0, state.frames[task])
    _acquire(machine, state, task, step, CONDITION + step.index)
    return None


def _notify(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    state.frames[task] = (Machinery.NOTIFY, step, 0, state.frames[task])
    _acquire(machine, state, task, step, CONDITION + step.index)
    return None


def _send(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return _use_stream(machine, state, task, step, streams.SENDING)


def _receive(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return _use_stream(machine, state, task, step, streams.RECEIVING)


def _use_stream(machine: Machinery, state: State, task: int, step: Step, status: int) -> Outcome:
    end = state.ends[task][step.index]
    return machine.call(state, task, step, status, (end, step.index >> 1))


def _close(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    streams.close(machine.plan, state, state.ends[task][step.index])
    machine.emit(task, "closed", step.number)
    return NOTHING


def _with_clone(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    """`clone()` of an end that is closed raises ClosedResourceError."""
    ends = state.ends[task]
    if state.closed >> ends[step.index] & 1:
        machine.emit(task, "cloned", step.number, streams.CLOSED)
        return streams.CLOSED
    machine.emit(task, "cloned", step.number)
    state.open_ends[step.index] += 1
    state.ends[task] = (*ends[: step.index], step.scope, *ends[step.index + 1 :])
    rest = (Machinery.CLONE, step, ends, state.frames[task])
    state.frames[task] = (Machinery.BLOCK, step.body, 0, rest)
    return NOTHING


def _set_variable(_machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    state.variables[task] = step.number
    return NOTHING


def _read_variable(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    machine.emit(task, "read", step.number, state.variables[task])
    return NOTHING


EXECUTE: dict[type[Statement], Callable[[Machinery, State, int, Step], Outcome]] = {
    Checkpoint: _checkpoint,
    Sleep: _sleep,
    SleepForever: _sleep_forever,
    Thread: _thread,
    Raise: _raise,
    Catch: _catch,
    Finally: _finally,
    Generator: _finally,
    Scope: _scope,
    EnterAgain: _enter_again,
    Cancel: _cancel,
    Group: _group,
    Started: _started,
    Gather: _gather,
    SetEvent: _set_event,
    WaitEvent: _wait_event,
    WithLock: _hold,
    WithSemaphore: _hold,
    WithLimiter: _hold,
    WaitCondition: _wait_condition,
    Notify: _notify,
    Send: _send,
    Receive: _receive,
    Close: _close,
    WithClone: _with_clone,
    SetVariable: _set_variable,
    ReadVariable: _read_variable,
}
"""What runs each statement."""


def _next_in_block(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, steps, index, rest = frames
    if outcome != NOTHING or index == len(steps):
        state.frames[task] = rest
        return outcome
    step = steps[index]
    state.frames[task] = (Machinery.BLOCK, steps, index + 1, rest)
    return EXECUTE[step.kind](machine, state, task, step)


def _caught(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """`except Exception` catches no cancellation, and no group that holds one."""
    _, step, _, state.frames[task] = frames
    if outcome == NOTHING or holds_cancelled(outcome):
        return outcome
    machine.emit(task, "caught", step.number, outcome)
    return NOTHING


def _clean_up(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, _, rest = frames
    machine.emit(task, "cleanup", step.number, NOTHING if step.kind is Generator else outcome)
    rest = (Machinery.AFTER, step, outcome, rest)
    if step.scope >= 0:
        rest = (Machinery.SCOPE, step, state.scopes[task], rest)
        machine.enter(state, task, step.scope)
    state.frames[task] = (Machinery.BLOCK, step.cleanup, 0, rest)
    return NOTHING


def _after_clean_up(_machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """What was raised goes on, unless the clean-up raised something else."""
    _, _, before, state.frames[task] = frames
    return before if outcome == NOTHING else outcome


def _leave_scope(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, state.scopes[task], state.frames[task] = frames
    caught, left = leave_scope(machine.plan, state, step.scope, outcome)
    machine.emit(task, "left", step.number, f"{'caught' if caught else 'passed'} {left}")
    return left


def _leave_body(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """The body of a group is over; if it has failed, the group is cancelled. Then it waits for its children."""
    _, step, outer, rest = frames
    if outcome != NOTHING:
        cancel(machine.plan, state, step.scope, running=task)
    state.frames[task] = (Machinery.JOIN, step, outcome, (outer, rest))
    state.steps[task] = step
    state.status[task], state.detail[task] = JOINING, step
    return None


def _joined(_machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, _, (state.scopes[task], state.frames[task]) = frames
    state.active &= ~(1 << step.scope)
    return outcome


def _held(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """It has been acquired, and the body begins, or the body is over, and it is released."""
    _, step, has_it, rest = frames
    bit = 1 << step.index
    if has_it:
        state.held[task] &= ~bit
        synchronization.release(state, step.index)
        machine.emit(task, "released", step.number)
    elif outcome == NOTHING:
        state.held[task] |= bit
        rest = (Machinery.BLOCK, step.body, 0, (Machinery.HOLD, step, 1, rest))
    state.frames[task] = rest
    return outcome


def _leave_clone(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, state.ends[task], state.frames[task] = frames
    streams.close(machine.plan, state, step.scope)
    machine.emit(task, "closed", step.number)
    return outcome


def _waited(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    """`wait()` of a condition has its own checkpoint before it gives up the lock."""
    _, step, has_waited, rest = frames
    if not has_waited and outcome == NOTHING:
        state.frames[task] = (Machinery.WAIT, step, 1, rest)
        machine.call(state, task, step, WOKEN)
        if state.detail[task] is not DOOMED:
            synchronization.wait_notice(state, task, step.index)
        return None
    state.frames[task] = rest
    if has_waited:
        synchronization.release(state, CONDITION + step.index)
        machine.emit(task, "released", step.number)
    return outcome


def _notified(machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, _, state.frames[task] = frames
    if outcome == NOTHING:
        synchronization.notify(state, step.index, everyone=step.flag)
        synchronization.release(state, CONDITION + step.index)
        machine.emit(task, "released", step.number)
    return outcome


def _leave_again(_machine: Machinery, state: State, task: int, frames: Frames, outcome: str) -> Outcome:
    _, step, _, state.frames[task] = frames
    state.entered_again &= ~(1 << step.scope)
    return outcome


FRAMES: tuple[Callable[[Machinery, State, int, Frames, str], Outcome], ...] = (
    _next_in_block,
    _caught,
    _clean_up,
    _after_clean_up,
    _leave_scope,
    _leave_body,
    _joined,
    _held,
    _leave_clone,
    _waited,
    _notified,
    _leave_again,
    _start_next,
)
"""What goes on with a block, by the kind of its frame, when what was in it is over."""
