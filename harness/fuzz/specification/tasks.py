"""Task groups and gather: when they learn of a child's end, and what they raise.

Sources: AnyIO's manual, "Creating and managing tasks" (https://anyio.readthedocs.io/en/stable/tasks.html),
trio's "Nurseries and spawning" and "Designing for multiple errors"
(https://trio.readthedocs.io/en/stable/reference-core.html), and asyncio's documentation of `gather`
(https://docs.python.org/3/library/asyncio-task.html#asyncio.gather).
"""

from collections.abc import Collection

from harness.fuzz.specification import task_groups
from harness.fuzz.specification.cancellation import cancel, is_cancelled
from harness.fuzz.specification.family import Family
from harness.fuzz.specification.plan import Plan, Step
from harness.fuzz.specification.state import (
    ABANDONED,
    GONE,
    PENDING,
    REPORTED_CANCELLED,
    STARTED,
    UNBORN,
    State,
)
from harness.fuzz.specification.trees import (
    CANCELLED,
    NOTHING,
    group,
    holds_cancelled,
    is_all_cancelled,
    without_cancelled,
)
from harness.fuzz.statements import Gather


def child_ended(plan: Plan, state: State, family: Family, task: int, step: Step, outcome: str) -> None:
    """A child of a group has ended; `step` is the group's. A failed one may be learned of later."""
    if outcome == NOTHING:
        state.unfinished[step.scope] -= 1
    elif family.learns_late:
        state.unlearned += (task,)
    else:
        _learn(plan, state, family, step.scope, outcome)


def learn(plan: Plan, state: State, family: Family, task: int) -> None:
    """A silent step: a group learns that this child of it has failed."""
    step = plan.task_parents[task]
    state.unlearned = tuple(other for other in state.unlearned if other != task)
    if step is None:
        return
    if step.kind is Gather and family.gather_cancels_once:
        task_groups.learned(state, step, state.detail[task])
    else:
        _learn(plan, state, family, step.scope, state.detail[task])


def _learn(plan: Plan, state: State, family: Family, scope: int, outcome: str) -> None:
    """A failed child cancels the group (AnyIO's manual, "Handling exceptions in a task group")."""
    state.unfinished[scope] -= 1
    if outcome != CANCELLED or family.keeps_cancelled:
        state.errors[scope] += (outcome,)
    if not is_cancelled(plan, state, scope):
        cancel(plan, state, scope)


def learn_all(plan: Plan, state: State, family: Family, step: Step) -> bool:
    """A group that is left has learned of every child; False if one is still at work."""
    for task in step.tasks:
        if state.status[task] not in (GONE, UNBORN):
            return False
        if task in state.unlearned:
            learn(plan, state, family, task)
    return True


def join_outcomes(
    plan: Plan, state: State, family: Family, step: Step, body: str, *, collapses: bool = True
) -> Collection[str]:
    """What may leave a group, all of whose children have ended, when its body has ended with `body`.

    Whatever was raised is combined into one exception group (AnyIO's manual, "Handling multiple errors in a
    task group"); a cancellation of the group's own scope stops there.
    """
    if family.keeps_cancelled:
        raised = [*state.errors[step.scope], *([] if body == NOTHING else [body])]
        return (_leaving(plan, state, step.scope, group(raised) if raised else NOTHING, collapses=collapses),)
    errors = [*state.errors[step.scope], *([] if body in (NOTHING, CANCELLED) else [body])]
    if errors:
        return (_leaving(plan, state, step.scope, group(errors), collapses=collapses),)
    if body == CANCELLED:
        return (_leaving(plan, state, step.scope, CANCELLED, collapses=collapses),)
    if step.tasks and family.interrupted_exit_raises and is_cancelled(plan, state, step.scope):
        return (NOTHING, _leaving(plan, state, step.scope, CANCELLED, collapses=collapses))
    return (NOTHING,)


def _leaving(plan: Plan, state: State, scope: int, tree: str, *, collapses: bool) -> str:
    """What is left when the group's own scope has taken out what is its own."""
    bit = 1 << scope
    if state.cancelled & bit and not state.cancelled & plan.chains[scope] & ~bit and holds_cancelled(tree):
        tree = without_cancelled(tree)
    if collapses and tree != NOTHING and is_all_cancelled(tree):
        return CANCELLED
    return tree


def report_started(plan: Plan, state: State, task: int, scope: int) -> Collection[str]:
    """A child reports to `start()`: what `started()` may come back with.

    AnyIO's reference of `TaskStatus.started`; a second report is a RuntimeError. trio's of
    `TaskStatus.started`: where the caller of `start()` is cancelled, the child is not moved to the group.
    """
    before = state.started[task]
    if before == PENDING:
        state.started[task] = REPORTED_CANCELLED if is_cancelled(plan, state, scope) else STARTED
        return (NOTHING,)
    return (NOT_STARTED,) if before == STARTED else (NOT_STARTED, NOTHING)


def start_outcomes(plan: Plan, state: State, family: Family, child: int, scope: int) -> Collection[str]:
    """What `start()` may come back with now; nothing while it waits.

    A child that ends without a report makes it raise RuntimeError (AnyIO's manual, "Starting and
    initializing tasks"); what it raises before it has reported leaves `start()`, not the group. A cancelled
    `start()` waits for the child's end; on asyncio, it then raises the cancellation, whatever came of it.
    """
    how, is_gone, ended = state.started[child], state.status[child] == GONE, state.detail[child]
    if how == STARTED:
        return (NOTHING,)
    if how == PENDING:
        own = NOT_STARTED if ended == NOTHING else ended
        outcomes = (own, CANCELLED) if is_cancelled(plan, state, scope) else (own,)
        return outcomes if is_gone else ()
    if family.keeps_cancelled:
        return (ended,) if is_gone else ()
    return (NOTHING, CANCELLED) if is_gone else (NOTHING,)


def may_wait_for_end(state: State, child: int) -> bool:
    """Whether a `start()` that could come back may wait for the child's end all the same.

    It was cancelled before the child reported; whether that had reached it when the child did is not seen.
    """
    return state.started[child] == REPORTED_CANCELLED and state.status[child] != GONE


NOT_STARTED = "RuntimeError"


def start_returned(plan: Plan, state: State, family: Family, child: int, step: Step, outcome: str) -> None:
    """`start()` has come back: whose the child is from now on."""
    if outcome != NOTHING:
        state.started[child] = ABANDONED
    elif state.started[child] == REPORTED_CANCELLED:
        state.started[child] = STARTED
        if state.status[child] == GONE and not family.keeps_cancelled:
            child_ended(plan, state, family, child, step, state.detail[child])


def gathered_child_ended(state: State, step: Step, outcome: str) -> None:
    """A child of `asyncio.gather` has ended.

    "If return_exceptions is False (default), the first raised exception is immediately propagated to the task
    that awaits on gather()"; the others go on.
    """
    state.unfinished[step.scope] -= 1
    if outcome != NOTHING and not step.flag and not state.errors[step.scope]:
        state.errors[step.scope] = (outcome,)


def gather_outcomes(state: State, step: Step) -> Collection[str]:
    """What `asyncio.gather` may come back with now; nothing while it waits.

    Its documentation: the result is a list of the returned values, in the order of the awaitables.
    """
    if state.errors[step.scope]:
        return state.errors[step.scope]
    return () if state.unfinished[step.scope] else (values_of(state, step),)


def values_of(state: State, step: Step) -> str:
    """The values that a gather returns: each child's name, its exception, or None if it was cancelled."""
    return ",".join(_value_of(task, state.detail[task]) for task in step.tasks)


def _value_of(task: int, outcome: str) -> str:
    if outcome == NOTHING:
        return str(task)
    return "None" if outcome == CANCELLED else outcome
