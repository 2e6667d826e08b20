"""What each statement does in the machine, up to where the task has to wait or the statement is over."""

from collections.abc import Callable

from harness.fuzz.specification import objects, tasks
from harness.fuzz.specification.cancellation import cancel
from harness.fuzz.specification.family import Quirk
from harness.fuzz.specification.machinery import Machinery, Outcome
from harness.fuzz.specification.plan import Step
from harness.fuzz.specification.state import (
    FOREVER,
    GATHERING,
    JOINING,
    NOT_BY_START,
    SLEEPING,
    THREADED,
    WOKEN,
    YIELDING,
    State,
)
from harness.fuzz.specification.trees import NOTHING
from harness.fuzz.statements import (
    Cancel,
    Catch,
    Checkpoint,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Raise,
    Scope,
    Sleep,
    SleepForever,
    Started,
    Statement,
    Thread,
)


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
    **objects.EXECUTE,
}
"""What runs each statement."""
