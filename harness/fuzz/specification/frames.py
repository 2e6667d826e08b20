"""What goes on when what was in a frame is over: a body, a clean-up, a scope, a group, something held."""

from collections.abc import Callable

from harness.fuzz.specification import streams, synchronization, tasks
from harness.fuzz.specification.cancellation import DOOMED, cancel, leave_scope
from harness.fuzz.specification.machinery import Machinery, Outcome
from harness.fuzz.specification.plan import CONDITION
from harness.fuzz.specification.state import JOINING, PENDING, STARTING, WOKEN, Frames, State
from harness.fuzz.specification.statements import EXECUTE
from harness.fuzz.specification.trees import NOTHING, holds_cancelled
from harness.fuzz.statements import Generator


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
    """The body of a group is over, which is cancelled if it has failed; then it waits for its children."""
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
