"""What each statement does in the machine, up to where the task has to wait or the statement is over."""

from collections.abc import Callable

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
from harness.fuzz.specification.cancellation import DOOMED, cancel
from harness.fuzz.specification.family import Quirk
from harness.fuzz.specification.machinery import Machinery, Outcome
from harness.fuzz.specification.plan import CONDITION, Step
from harness.fuzz.specification.state import (
    FOREVER,
    GATHERING,
    JOINING,
    NOT_BY_START,
    RECEIVING,
    SENDING,
    SLEEPING,
    THREADED,
    WAITING_EVENT,
    WOKEN,
    YIELDING,
    State,
)
from harness.fuzz.specification.trees import NOTHING


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
    """A scope is for one `with` block only: so both libraries say in the RuntimeError that they raise."""
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
    machine.call(state, task, step, WAITING_EVENT, step.index)
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
    return _use_stream(machine, state, task, step, SENDING)


def _receive(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return _use_stream(machine, state, task, step, RECEIVING)


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
