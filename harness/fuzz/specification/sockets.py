"""Pairs of connected sockets: what their ends send, receive, and learn of each other's end.

Sources: AnyIO's manual, "Streams" (https://anyio.readthedocs.io/en/stable/streams.html), its reference of
`ByteStream` and of the exceptions (https://anyio.readthedocs.io/en/stable/api.html): ClosedResourceError is
raised "when trying to use a resource that has been closed". trio's manual, "The abstract Stream API"
(https://trio.readthedocs.io/en/stable/reference-io.html#the-abstract-stream-api).

When bytes arrive is the kernel's business. They may be there as soon as `send()` is called, and are there
once it has come back; what was sent by a call that raised may have arrived or not.
"""

from collections.abc import Collection, Iterator

from harness.fuzz.specification.family import Quirk
from harness.fuzz.specification.state import SOCKET_RECEIVING, SOCKET_SENDING, State
from harness.fuzz.specification.streams import BROKEN, CLOSED, END
from harness.fuzz.specification.trees import CANCELLED, NOTHING

BUSY = "BusyResourceError"

CALLS = frozenset({SOCKET_SENDING, SOCKET_RECEIVING})
"""Who waits in `send()` or `receive()`.

`detail` is the end; what had happened before the call: NOTHING, CANCELLED or CLOSED; and whether the task has
been cancelled since.
"""


def is_busy(state: State, task: int, end: int, status: int) -> bool:
    """Whether another task is receiving on this end, or sending.

    BusyResourceError: "two tasks are trying to read from or write to the same resource concurrently".
    """
    return any(
        other != task and state.status[other] == status and state.detail[other][0] == end
        for other in range(len(state.status))
    )


def call(state: State, task: int, end: int, status: int, *, is_cancelled: bool) -> None:
    """A task calls `send()` or `receive()` on an end on which no other task does."""
    before = NOTHING
    if is_cancelled:
        before = CANCELLED
    elif state.shut >> end & 1:
        before = CLOSED
    state.status[task], state.detail[task] = status, (end, before, False)
    if status == SOCKET_SENDING and before == NOTHING:
        _send(state, task, end)


def _send(state: State, task: int, end: int) -> None:
    """What is sent to an end that is closed is answered by a reset: see `close`."""
    if state.shut >> (end ^ 1) & 1:
        _tear(state, end)
    else:
        step = state.steps[task]
        state.arrived[end ^ 1] += ((-1 if step is None else step.number, False),)


def cancel(state: State, task: int) -> None:
    """A task that waits on an end is cancelled: it raises, unless it has come to its end already."""
    end, before, _ = state.detail[task]
    state.detail[task] = (end, before, True)


def send_end(state: State, end: int, quirks: Collection[Quirk]) -> Collection[str]:
    """`send_eof()`, "idempotent (does nothing on successive calls)": what it may come back with."""
    is_lost, has_ended = _is_lost(state, end), bool(state.ended >> end & 1)
    state.ended |= 1 << end
    outcomes = [NOTHING, BROKEN] if is_lost else [NOTHING]
    if Quirk.END_RAISES_OSERROR in quirks and (is_lost or has_ended):
        outcomes.append("OSError")
    return outcomes


def close(state: State, end: int) -> None:
    """`aclose()`. Where something had arrived and was not received, the other end finds a reset connection.

    RFC 1122, 4.2.2.13: "if such a host issues a CLOSE call while received data is still pending in TCP, or if
    new data is received after CLOSE is called, its TCP SHOULD send a RST to show that data was lost".
    """
    if not state.shut >> end & 1:
        state.shut |= 1 << end
        if state.arrived[end]:
            _tear(state, end ^ 1)


def _tear(state: State, end: int) -> None:
    """The connection may be reset at this end: what has not been received by now may be lost."""
    state.torn |= 1 << end
    state.arrived[end] = tuple((number, False) for number, _ in state.arrived[end])


def _is_lost(state: State, end: int) -> bool:
    return bool((state.shut >> (end ^ 1) | state.torn >> end) & 1)


def outcomes(state: State, task: int, quirks: Collection[Quirk]) -> Collection[object]:
    """What `send()` or `receive()` may come back with now; nothing while it has to wait."""
    end, before, was_cancelled = state.detail[task]
    is_sending = state.status[task] == SOCKET_SENDING
    if before == CANCELLED:
        return [*_cancelled(state, end, quirks, is_sending=is_sending)]
    outcomes: list[object] = []
    if before == NOTHING:
        outcomes.extend((_sent if is_sending else _available)(state, end))
    elif Quirk.CLOSED_STILL_RECEIVES in quirks and not is_sending:
        outcomes.extend(number for number, _ in state.arrived[end])
    if state.shut >> end & 1:
        outcomes.append(CLOSED)
    if was_cancelled:
        outcomes.append(CANCELLED)
    return outcomes


def _cancelled(state: State, end: int, quirks: Collection[Quirk], *, is_sending: bool) -> Iterator[object]:
    """What a call that is cancelled already may come back with."""
    yield CANCELLED
    if Quirk.WOKEN_BEFORE_DELIVERY in quirks and not is_sending:
        yield from _available(state, end)
    if Quirk.CLOSED_HIDES_CANCELLED in quirks and state.shut >> end & 1:
        yield CLOSED


def _sent(state: State, end: int) -> Iterator[object]:
    """What a `send()` may come back with that is neither cancelled nor on an end that is closed.

    BrokenResourceError: "a send stream whose peer has disconnected"; that it has may be learned of later.
    """
    yield NOTHING
    if _is_lost(state, end):
        yield BROKEN


def _available(state: State, end: int) -> Iterator[object]:
    """What can be received: bytes in the order in which they were sent, and then the end of the stream.

    EndOfStream: "a stream that has been closed from the other end"; BrokenResourceError if it was reset.
    """
    for number, is_certain in state.arrived[end]:
        yield number
        if is_certain:
            return
    if state.ended >> (end ^ 1) & 1 or _is_lost(state, end):
        yield END
    if state.torn >> end & 1:
        yield BROKEN


def must_receive(state: State, task: int) -> bool:
    """Whether a receiver goes on before time moves: something is there for sure."""
    end, before, was_cancelled = state.detail[task]
    if was_cancelled or before != NOTHING or _is_lost(state, end):
        return True
    return bool((state.shut >> end | state.ended >> (end ^ 1)) & 1) or any(
        is_certain for _, is_certain in state.arrived[end]
    )


def returned(state: State, task: int, value: object) -> None:
    """A task has come back from `send()` or `receive()` with this."""
    end = state.detail[task][0]
    if state.status[task] == SOCKET_SENDING:
        if value == NOTHING and not state.shut >> end & 1 and not state.torn >> (end ^ 1) & 1:
            number = state.steps[task].number  # type: ignore[union-attr]  # who sends has a step
            state.arrived[end ^ 1] = tuple(
                (other, is_certain or other == number) for other, is_certain in state.arrived[end ^ 1]
            )
    elif isinstance(value, int):
        numbers = [number for number, _ in state.arrived[end]]
        state.arrived[end] = state.arrived[end][numbers.index(value) + 1 :]
