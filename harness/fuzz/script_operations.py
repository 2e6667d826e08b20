"""The lines of a standalone script for statements in which no others are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.fuzz.language import SOCKETS
from harness.fuzz.statements import (
    Checkpoint,
    Notify,
    Receive,
    Send,
    SetEvent,
    Sleep,
    SleepForever,
    SocketClose,
    SocketEnd,
    SocketReceive,
    SocketSend,
    Statement,
    Thread,
    WaitCondition,
    WaitEvent,
    WithLimiter,
    WithLock,
    WithSemaphore,
)

Lines = Iterator[str]

OBJECTS: dict[type[Statement], tuple[str, str]] = {
    SetEvent: ("event", "anyio.Event()"),
    WaitEvent: ("event", "anyio.Event()"),
    WithLock: ("lock", "anyio.Lock()"),
    WithSemaphore: ("semaphore", "anyio.Semaphore(1)"),
    WithLimiter: ("limiter", "anyio.CapacityLimiter(1)"),
    WaitCondition: ("condition", "anyio.Condition()"),
    Notify: ("condition", "anyio.Condition()"),
}
"""What the object is called that a statement uses, and how it is made."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands: its task, what the task holds, the clones that it uses, who waits for it."""

    task: int = 0
    held: frozenset[str] = frozenset()
    clones: tuple[tuple[str, str], ...] = ()
    is_started: bool = False

    def end(self, stream: int, *, sending: bool) -> str:
        """The name of an end of a stream."""
        name = f"{'send' if sending else 'receive'}_{stream % 2}"
        return dict(self.clones).get(name, name)


def operation(  # noqa: PLR0911 - a case for each kind of statement
    statement: Statement, number: int, place: Place
) -> str:
    """What is awaited, for a statement that is nothing else."""
    match statement:
        case Checkpoint():
            return "anyio.lowlevel.checkpoint()"
        case Sleep(until):
            return f"anyio.sleep_until(origin + {until} * INSTANT)"
        case SleepForever():
            return "anyio.sleep_forever()"
        case WaitEvent():
            return f"{object_of(statement)[0]}.wait()"
        case Send(stream):
            return f"{place.end(stream, sending=True)}.send({number})"
        case Receive(stream):
            return f"{place.end(stream, sending=False)}.receive()"
        case SocketReceive():
            return f"socket_receive({_end(statement)})"
        case Thread(back):
            call = "lambda: anyio.from_thread.run(anyio.lowlevel.checkpoint)" if back else "lambda: None"
            return f"anyio.to_thread.run_sync({call})"
    return ""


def condition_lines(statement: Statement, number: int, task: int) -> Lines:
    """The lines that wait for a condition, or notify those who do."""
    name = object_of(statement)[0]
    yield f'await do({task}, {number}, {name}.acquire(), "acquired")'
    yield "try:"
    if isinstance(statement, Notify):
        yield f"    {name}.notify_all()" if statement.everyone else f"    {name}.notify()"
    else:
        yield f"    await do({task}, {number}, {name}.wait())"
    yield "finally:"
    yield f"    {name}.release()"
    yield f'    say({task}, "released", {number})'


def pair_lines(pairs: Sequence[int]) -> Lines:
    """The function that makes pairs of sockets, where there are any."""
    if pairs:
        yield "async def prepare():"
        yield f"    global {', '.join(f'near_{pair}, far_{pair}' for pair in pairs)}"
        for pair in pairs:
            yield f"    near_{pair}, far_{pair} = await connected()"
            yield f"    ends.extend((near_{pair}, far_{pair}))"
        yield from ("", "")


def socket_lines(statement: SocketSend | SocketEnd | SocketClose, number: int, task: int) -> Lines:
    """The lines that use one end of a pair of sockets for anything but receiving."""
    end = _end(statement)
    match statement:
        case SocketSend():
            yield f"await socket_send({task}, {number}, {end})"
        case SocketEnd():
            yield f"await socket_end({task}, {number}, {end})"
        case SocketClose(abort=abort):
            yield f"closed.add({end})"
            close = f"anyio.aclose_forcefully({end})" if abort else f"{end}.aclose()"
            yield f"await do({task}, {number}, {close})"


def object_of(statement: Statement) -> tuple[str, str]:
    """The name of the object that a statement uses, and how it is made."""
    name, make = OBJECTS[type(statement)]
    match statement:
        case SetEvent(index) | WaitEvent(index) | WithLock(index, _) | WithSemaphore(index, _):
            return f"{name}_{index % 2}", make
        case WithLimiter(index, _) | WaitCondition(index) | Notify(index, _):
            return f"{name}_{index % 2}", make
    return name, make


def _end(statement: SocketSend | SocketReceive | SocketEnd | SocketClose) -> str:
    """The name of an end of a pair of sockets."""
    return f"{'far' if statement.far else 'near'}_{statement.socket % SOCKETS}"
