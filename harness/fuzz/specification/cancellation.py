"""Cancel scopes: who sees a cancellation, what it does to those who wait, and which scope swallows it.

Sources: AnyIO's manual, "Cancellation and timeouts" (https://anyio.readthedocs.io/en/stable/cancellation.html),
and trio's, "Cancellation semantics" (https://trio.readthedocs.io/en/stable/reference-core.html).
"""

from harness.fuzz.specification import sockets
from harness.fuzz.specification.plan import Plan
from harness.fuzz.specification.state import (
    FOREVER,
    IN_RECEIVE_LINE,
    IN_SEND_LINE,
    NOTIFIED,
    QUEUED,
    RECEIVING,
    SENDING,
    SLEEPING,
    SOCKET_RECEIVING,
    SOCKET_SENDING,
    THREADED,
    WAITING_EVENT,
    WAITING_NOTICE,
    WOKEN,
    YIELDING,
    State,
)
from harness.fuzz.specification.trees import CANCELLED, NOTHING, holds_cancelled, without_cancelled

DOOMED = (CANCELLED,)
EITHER = (NOTHING, CANCELLED)


def is_cancelled(plan: Plan, state: State, scope: int) -> bool:
    """Whether whoever is called in this scope is cancelled: by it, or by an outer one that no shield hides.

    AnyIO's manual, introduction and "Shielding": cancelling a scope cancels all scopes nested within it, and
    a task that is just starting runs until its first operation that requires waiting; a shield hides outer
    scopes. It is so at every checkpoint ("Differences between asyncio and AnyIO cancellation semantics").
    """
    return bool(state.cancelled & plan.chains[scope])


def cancel(plan: Plan, state: State, scope: int, running: int = -1) -> bool:
    """Cancel a scope, if it is active and is not cancelled yet; `running` is the task that does it, if any.

    AnyIO's manual, introduction: a task that waits is cancelled immediately. But for one that was woken
    before: what has happened must be reported (trio's, "Cancellation and primitive operations").
    """
    bit = 1 << scope
    if state.cancelled & bit or not state.active & bit:
        return False
    state.cancelled |= bit
    for task, status in enumerate(state.status):
        if status in _DOOM and task != running and plan.chains[state.scopes[task]] & bit:
            _doom(plan, state, task)
    return True


_DOOM = {
    YIELDING, SLEEPING, FOREVER, WAITING_EVENT, QUEUED, RECEIVING, IN_RECEIVE_LINE, SENDING, IN_SEND_LINE,
    WAITING_NOTICE, THREADED, SOCKET_SENDING, SOCKET_RECEIVING,
}  # fmt: skip


def _doom(plan: Plan, state: State, task: int) -> None:
    """A task that waits is cancelled: it leaves every line, and will raise.

    A sleep whose instant has come may have been woken by its timer already. A call in a thread is not given
    up once it has begun (AnyIO's manual, "Working with threads": it is shielded unless it may be abandoned),
    and whether it has is not seen. Who waits for a condition takes its lock again before it raises.
    """
    status, detail = state.status[task], state.detail[task]
    outcomes: tuple[str, ...] = DOOMED
    if status == WAITING_NOTICE:
        _leave(state.condition_lines, detail, task)
        state.status[task], state.detail[task] = NOTIFIED, (detail, CANCELLED)
        return
    if status in (SOCKET_SENDING, SOCKET_RECEIVING):
        sockets.cancel(state, task)
        return
    if status == QUEUED:
        _leave(state.lines, detail, task)
    elif status == IN_RECEIVE_LINE:
        _leave(state.receive_lines, detail[1], task)
    elif status == IN_SEND_LINE and not plan.keeps_cancelled_senders:
        _leave(state.send_lines, detail[1], task)
    elif status == THREADED or (status == SLEEPING and detail <= state.now):
        outcomes = EITHER
    state.status[task], state.detail[task] = WOKEN, outcomes


def _leave(lines: list[tuple[int, ...]], index: int, task: int) -> None:
    lines[index] = tuple(other for other in lines[index] if other != task)


def leave_scope(plan: Plan, state: State, scope: int, outcome: str) -> tuple[bool, str]:
    """A scope is left with this outcome: whether it has caught its cancellation, and what goes on.

    It takes cancellations out if it is cancelled itself and sees no outer one that is: the exception goes on
    to the outermost scope that is cancelled (trio's reference of `CancelScope`).
    """
    bit = 1 << scope
    state.active &= ~bit
    outer = plan.chains[scope] & ~bit
    if outcome == NOTHING or not state.cancelled & bit or state.cancelled & outer:
        return False, outcome
    return holds_cancelled(outcome), without_cancelled(outcome)
