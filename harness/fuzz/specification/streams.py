"""Memory object streams.

Source: AnyIO's manual, "Streams" (https://anyio.readthedocs.io/en/stable/streams.html), and its reference of
`MemoryObjectSendStream` and `MemoryObjectReceiveStream`.
"""

from harness.fuzz.specification.plan import Plan
from harness.fuzz.specification.state import (
    IN_RECEIVE_LINE,
    IN_SEND_LINE,
    RECEIVING,
    SENDING,
    State,
)
from harness.fuzz.specification.synchronization import wake
from harness.fuzz.specification.trees import NOTHING

CLOSED, BROKEN, END = "ClosedResourceError", "BrokenResourceError", "EndOfStream"


def call(plan: Plan, state: State, task: int, end: int, *, sending: bool) -> None:
    """`send()` and `receive()` pass a checkpoint before they look at the stream."""
    state.status[task] = SENDING if sending else RECEIVING
    state.detail[task] = (end, plan.bases[end] >> 1)


def receive(state: State, task: int) -> int | str | None:
    """What a receiver gets that looks now; None if it has to wait, and then nothing has changed.

    `receive()`: ClosedResourceError "if this stream has been closed", EndOfStream "if the buffer is empty and
    this stream has been closed from the sending end"; items come first in, first out.
    """
    end: int
    stream: int
    end, stream = state.detail[task]
    if state.closed >> end & 1:
        return CLOSED
    _take_from_sender(state, stream)
    if buffer := state.buffers[stream]:
        state.buffers[stream] = buffer[1:]
        return buffer[0]
    return None if state.open_ends[2 * stream + 1] else END


def _take_from_sender(state: State, stream: int) -> None:
    """The first sender in line is done as soon as a receiver takes an item."""
    if line := state.send_lines[stream]:
        sender = line[0]
        state.send_lines[stream] = line[1:]
        state.buffers[stream] += (number_sent_by(state, sender),)
        if state.status[sender] == IN_SEND_LINE:  # and not cancelled: see Quirk.CANCELLED_SENDER_IN_LINE
            wake(state, sender, NOTHING)


def leave_send_line(state: State, task: int) -> None:
    """A sender that was cancelled in line runs again, and nobody receives its item any more."""
    for stream, line in enumerate(state.send_lines):
        state.send_lines[stream] = tuple(other for other in line if other != task)


def number_sent_by(state: State, task: int) -> int:
    """What a task sends is the number of its statement."""
    step = state.steps[task]
    return -1 if step is None else step.number


def send(plan: Plan, state: State, task: int) -> str | None:
    """What comes of a sender that looks now; None if it has to wait, and then nothing has changed.

    `send()`: ClosedResourceError "if this send stream has been closed", BrokenResourceError "if the stream
    has been closed from the receiving end"; an item goes to the first receiver in line, or into the buffer.
    """
    end, stream = state.detail[task]
    if state.closed >> end & 1:
        return CLOSED
    if not state.open_ends[2 * stream]:
        return BROKEN
    item = number_sent_by(state, task)
    if line := state.receive_lines[stream]:
        state.receive_lines[stream] = line[1:]
        wake(state, line[0], item)
    elif len(state.buffers[stream]) < plan.capacities[stream]:
        state.buffers[stream] += (item,)
    else:
        return None
    return NOTHING


def stand_in_line(state: State, task: int) -> None:
    """A silent step: who has looked and found nothing to do stands in line."""
    _, stream = state.detail[task]
    if state.status[task] == SENDING:
        state.status[task] = IN_SEND_LINE
        state.send_lines[stream] += (task,)
    else:
        state.status[task] = IN_RECEIVE_LINE
        state.receive_lines[stream] += (task,)


def close(plan: Plan, state: State, end: int) -> None:
    """`close()`, which may be called again. Who waits on this end raises ClosedResourceError.

    With the last sending end, who waits to receive is at the end of the stream; with the last receiving one,
    who waits to send is on a broken stream.
    """
    if state.closed >> end & 1:
        return
    state.closed |= 1 << end
    base = plan.bases[end]
    state.open_ends[base] -= 1
    _wake_own(state, end, base >> 1, sending=bool(base & 1))
    if not state.open_ends[base]:
        _wake_others(state, base >> 1, sending=bool(base & 1))


def _wake_own(state: State, end: int, stream: int, *, sending: bool) -> None:
    lines = state.send_lines if sending else state.receive_lines
    waiting = IN_SEND_LINE if sending else IN_RECEIVE_LINE
    for task, status in enumerate(state.status):
        if status == waiting and state.detail[task][0] == end:
            lines[stream] = tuple(other for other in lines[stream] if other != task)
            wake(state, task, CLOSED)


def _wake_others(state: State, stream: int, *, sending: bool) -> None:
    """A task that is woken because the other side is gone may find its own end closed when it runs."""
    lines, reason = (state.receive_lines, END) if sending else (state.send_lines, BROKEN)
    for task in lines[stream]:
        wake(state, task, reason, CLOSED)
    lines[stream] = ()
