"""Events, conditions, and what one task at a time can hold: locks, semaphores and limiters of one token.

Source: AnyIO's manual, "Using synchronization primitives"
(https://anyio.readthedocs.io/en/stable/synchronization.html).
"""

from harness.fuzz.specification.plan import CONDITION
from harness.fuzz.specification.state import (
    NOTIFIED,
    QUEUED,
    REQUEUED,
    UNDELIVERED,
    WAITING_EVENT,
    WAITING_NOTICE,
    WOKEN,
    State,
)
from harness.fuzz.specification.trees import CANCELLED, NOTHING

NOBODY = -1


def wake(state: State, task: int, *outcomes: object) -> None:
    """A task will run with one of these; a cancellation comes too late for it."""
    state.status[task], state.detail[task] = WOKEN, outcomes


def set_event(state: State, event: int) -> None:
    """`Event.set()`: "set the flag, notifying all listeners"."""
    if state.events[event]:
        return
    state.events[event] = True
    for task, status in enumerate(state.status):
        detail = state.detail[task]
        if (status == WAITING_EVENT and detail == event) or (status == UNDELIVERED and detail[0] == event):
            wake(state, task, NOTHING)


def acquire(state: State, task: int, index: int) -> None:
    """A task that is not cancelled asks for a lock, a semaphore or a limiter.

    It has a free one at once, and is not cancelled any more before it runs; else it stands in line (the
    reference of `Lock.acquire` and `fast_acquire`: the checkpoint comes after the acquisition).
    """
    if state.owners[index] == NOBODY and not state.lines[index]:
        state.owners[index] = task
        wake(state, task, NOTHING)
    else:
        state.lines[index] += (task,)
        state.status[task], state.detail[task] = QUEUED, index


def wait_undelivered(state: State, task: int, *, event: int = NOBODY, index: int = NOBODY) -> None:
    """The fault that `Quirk.WOKEN_BEFORE_DELIVERY` names."""
    if index != NOBODY:
        if state.owners[index] == NOBODY and not state.lines[index]:
            return
        state.lines[index] += (task,)
    state.status[task], state.detail[task] = UNDELIVERED, (event, index)


def deliver(state: State, task: int) -> None:
    """A silent step: the cancellation of who waits all the same is delivered."""
    _, index = state.detail[task]
    if index != NOBODY:
        state.lines[index] = tuple(other for other in state.lines[index] if other != task)
    wake(state, task, CANCELLED)


def release(state: State, index: int) -> None:
    """The next in line owns it at once: first in, first out, as trio's reference of `Lock` says."""
    line = state.lines[index]
    if not line:
        state.owners[index] = NOBODY
        return
    task = line[0]
    state.owners[index], state.lines[index] = task, line[1:]
    outcome = state.detail[task][1] if state.status[task] == REQUEUED else NOTHING
    wake(state, task, outcome)


def wait_notice(state: State, task: int, condition: int) -> None:
    """`Condition.wait()`: it gives up the lock, and waits for a notification."""
    state.condition_lines[condition] += (task,)
    state.status[task], state.detail[task] = WAITING_NOTICE, condition
    release(state, CONDITION + condition)


def notify(state: State, condition: int, *, everyone: bool) -> None:
    """`Condition.notify()` and `notify_all()`: "notify exactly n listeners", first in, first out."""
    line = state.condition_lines[condition]
    count = len(line) if everyone else 1
    state.condition_lines[condition] = line[count:]
    for task in line[:count]:
        state.status[task], state.detail[task] = NOTIFIED, (condition, NOTHING)


def take_back(state: State, task: int) -> None:
    """A silent step: who was notified, or cancelled, takes the condition's lock or stands in line for it.

    The lock is taken under a shield, and also when `wait()` raises: who leaves it holds the lock.
    """
    condition, outcome = state.detail[task]
    index = CONDITION + condition
    if state.owners[index] == NOBODY and not state.lines[index]:
        state.owners[index] = task
        wake(state, task, outcome)
    else:
        state.lines[index] += (task,)
        state.status[task], state.detail[task] = REQUEUED, (index, outcome)
