"""Gather over asyncio.TaskGroup, whose tasks are cancelled once each, by `Task.cancel()`.

Sources: asyncio's documentation of task groups and of task cancellation
(https://docs.python.org/3/library/asyncio-task.html#task-groups, #task-cancellation).

A cancellation of AnyIO or trio comes again at every checkpoint; this one comes once, whatever the task waits
for, and also if it has been woken already. A task that has not run yet never does.
"""

from collections.abc import Callable, Iterator

from harness.fuzz.specification.cancellation import DOOMED
from harness.fuzz.specification.plan import Step
from harness.fuzz.specification.state import FRESH, GONE, JOINING, QUEUED, UNBORN, WOKEN, State
from harness.fuzz.specification.synchronization import release
from harness.fuzz.specification.trees import CANCELLED


def learned(state: State, step: Step, outcome: str) -> None:
    """A group learns that a task of it has failed.

    "The first time any of the tasks belonging to the group fails with an exception other than
    asyncio.CancelledError, the remaining tasks in the group are cancelled."
    """
    state.unfinished[step.scope] -= 1
    if outcome != CANCELLED:
        state.errors[step.scope] += (outcome,)
        abort(state, step)


def abort(state: State, step: Step) -> None:
    """Cancel every task of a group, once."""
    if not state.aborted >> step.scope & 1:
        state.aborted |= 1 << step.scope
        for task in step.tasks:
            cancel_once(state, task)


def cancel_once(state: State, task: int) -> None:
    """`Task.cancel()`: a CancelledError is raised where the task waits; who stands in a line leaves it."""
    status = state.status[task]
    if status in (UNBORN, GONE):
        return
    if status == FRESH:
        state.status[task], state.detail[task] = GONE, CANCELLED
        return
    if status == JOINING:
        _cancel_host(state, task)
        return
    if status == QUEUED:
        line = state.lines[state.detail[task]]
        state.lines[state.detail[task]] = tuple(other for other in line if other != task)
    for index, owner in enumerate(state.owners):
        if owner == task and not state.held[task] >> index & 1:  # given to it, and not known to it yet
            release(state, index)
    state.status[task], state.detail[task] = WOKEN, DOOMED


def _cancel_host(state: State, task: int) -> None:
    """A task that waits for a group of its own cancels that when it runs, waits for it, and raises.

    Where tasks of it have failed, their exceptions are raised instead; from Python 3.13 on, the cancellation
    is not lost then, and comes at the next await.
    """
    kind, step, _, rest = state.frames[task]
    state.swallowed |= 1 << task
    if not state.aborted >> step.scope & 1:
        state.frames[task] = (kind, step, CANCELLED, rest)


def has_to_abort(state: State, task: int) -> bool:
    """Whether a task that was cancelled while it waits for a group of its own has still to cancel that."""
    if not state.swallowed >> task & 1 or state.status[task] != JOINING:
        return False
    return not state.aborted >> state.frames[task][1].scope & 1


def abort_own(state: State, task: int) -> None:
    """A silent step: it does."""
    abort(state, state.frames[task][1])


def came_back(state: State, task: int, kind: str, *, failed: bool, value: object) -> None:
    """A task's await has come back: a cancellation that a group has hidden may come at the next one."""
    bit = 1 << task
    state.may_cancel &= ~bit
    if kind == "gathered" and state.swallowed & bit:
        state.swallowed &= ~bit
        if failed and value != CANCELLED:
            state.may_cancel |= bit


def may_be_cancelled(state: State, task: int) -> bool:
    """Whether a cancellation that was hidden may come now."""
    return bool(state.may_cancel >> task & 1) and state.status[task] not in (UNBORN, FRESH, GONE)


def forget(state: State, task: int) -> None:
    """A silent step: it does not come."""
    state.may_cancel &= ~(1 << task)


def cancel_late(state: State, task: int) -> None:
    """A silent step: it comes."""
    forget(state, task)
    cancel_once(state, task)


def silent_steps(state: State) -> Iterator[tuple[Callable[[State, int], None], int]]:
    """Every silent step of a task that was cancelled while it waited for a group of its own."""
    for task in range(len(state.status)):
        if has_to_abort(state, task):
            yield abort_own, task
        if may_be_cancelled(state, task):
            yield forget, task
            yield cancel_late, task
