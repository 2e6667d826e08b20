"""What statements about objects that tasks share do in the machine, up to where the task has to wait."""

from collections.abc import Callable

from harness.fuzz.specification import sockets, streams, synchronization
from harness.fuzz.specification.cancellation import DOOMED, is_cancelled
from harness.fuzz.specification.family import Quirk
from harness.fuzz.specification.machinery import Machinery, Outcome
from harness.fuzz.specification.plan import CONDITION, Step
from harness.fuzz.specification.state import (
    RECEIVING,
    SENDING,
    SOCKET_RECEIVING,
    SOCKET_SENDING,
    WAITING_EVENT,
    WOKEN,
    YIELDING,
    State,
)
from harness.fuzz.specification.trees import NOTHING
from harness.fuzz.statements import (
    Close,
    Notify,
    ReadVariable,
    Receive,
    Send,
    SetEvent,
    SetVariable,
    SocketClose,
    SocketEnd,
    SocketReceive,
    SocketSend,
    Statement,
    WaitCondition,
    WaitEvent,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
)


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


def _socket_send(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    if state.ended >> step.index & 1:
        return NOTHING
    return _use_socket(machine, state, task, step, SOCKET_SENDING)


def _socket_receive(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    return _use_socket(machine, state, task, step, SOCKET_RECEIVING)


def _use_socket(machine: Machinery, state: State, task: int, step: Step, status: int) -> Outcome:
    """That the end is busy is found out first: AnyIO's resource guard is around all else."""
    if sockets.is_busy(state, task, step.index, status):
        machine.emit(task, "done", step.number, sockets.BUSY)
        return sockets.BUSY
    state.steps[task] = step
    doomed = is_cancelled(machine.plan, state, state.scopes[task])
    sockets.call(state, task, step.index, status, is_cancelled=doomed)
    return None


def _socket_end(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    """The interpreter calls it under a shield: whether it is a checkpoint is not said."""
    if state.shut >> step.index & 1 or sockets.is_busy(state, task, step.index, SOCKET_SENDING):
        return NOTHING
    state.steps[task], state.status[task] = step, WOKEN
    state.detail[task] = sockets.send_end(state, step.index, machine.family.quirks)
    return None


def _socket_close(machine: Machinery, state: State, task: int, step: Step) -> Outcome:
    sockets.close(state, step.index)
    return machine.call(state, task, step, YIELDING)


EXECUTE: dict[type[Statement], Callable[[Machinery, State, int, Step], Outcome]] = {
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
    SocketSend: _socket_send,
    SocketReceive: _socket_receive,
    SocketEnd: _socket_end,
    SocketClose: _socket_close,
}
"""What runs each of these statements."""
