"""The statements of random programs: frozen values, in which every number is legal."""

import re
from dataclasses import dataclass
from typing import TypeAlias

NEVER = 0
"""The deadline of a scope that has none."""

Block: TypeAlias = tuple["Statement", ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The base of all statements; its fields are numbers, switches, and blocks of statements."""


@dataclass(frozen=True, slots=True)
class Checkpoint(Statement):
    """`await checkpoint()`."""


@dataclass(frozen=True, slots=True)
class Sleep(Statement):
    """Sleep until an instant; one that is past is a checkpoint."""

    until: int = 1


@dataclass(frozen=True, slots=True)
class SleepForever(Statement):
    """`await sleep_forever()`."""


@dataclass(frozen=True, slots=True)
class Raise(Statement):
    """Raise an exception that is known by the statement's number."""


@dataclass(frozen=True, slots=True)
class Catch(Statement):
    """Catch every Exception that leaves the body."""

    body: Block = ()


@dataclass(frozen=True, slots=True)
class Finally(Statement):
    """Run the clean-up when the body is left, in a scope of its own if `shield`."""

    shield: bool = False
    body: Block = ()
    cleanup: Block = ()


@dataclass(frozen=True, slots=True)
class Generator(Statement):
    """Run the body on the one item of an asynchronous generator, the clean-up in the generator's finally."""

    body: Block = ()
    cleanup: Block = ()


@dataclass(frozen=True, slots=True)
class Scope(Statement):
    """Run the body in a cancel scope, with a deadline if it is not NEVER."""

    deadline: int = NEVER
    shield: bool = False
    body: Block = ()


@dataclass(frozen=True, slots=True)
class EnterAgain(Statement):
    """Enter a scope that was entered before, with a checkpoint in it; nothing if it was not."""

    scope: int = 0


@dataclass(frozen=True, slots=True)
class Cancel(Statement):
    """Cancel a scope, or the scope of a group; nothing if it has not been made."""

    scope: int = 0


@dataclass(frozen=True, slots=True)
class Group(Statement):
    """A task group: the children are started, then the body runs. With `start`, each by `await start()`."""

    start: bool = False
    children: tuple[Block, ...] = ()
    body: Block = ()


@dataclass(frozen=True, slots=True)
class Started(Statement):
    """Report to `start()` that the task has started; nothing in a task that was not started by it."""


@dataclass(frozen=True, slots=True)
class Gather(Statement):
    """`await gather(...)` of the children."""

    return_exceptions: bool = False
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class SetEvent(Statement):
    """Set an event."""

    event: int = 0


@dataclass(frozen=True, slots=True)
class WaitEvent(Statement):
    """Wait for an event."""

    event: int = 0


@dataclass(frozen=True, slots=True)
class WithLock(Statement):
    """Hold a lock for the body; only the body, where the task holds it already."""

    lock: int = 0
    body: Block = ()


@dataclass(frozen=True, slots=True)
class WithSemaphore(Statement):
    """Hold a semaphore of one token for the body; only the body, where the task holds it already."""

    semaphore: int = 0
    body: Block = ()


@dataclass(frozen=True, slots=True)
class WithLimiter(Statement):
    """Hold the one token of a limiter for the body; only the body, where the task holds it already."""

    limiter: int = 0
    body: Block = ()


@dataclass(frozen=True, slots=True)
class WaitCondition(Statement):
    """Acquire a condition, wait for its notification, release it."""

    condition: int = 0


@dataclass(frozen=True, slots=True)
class Notify(Statement):
    """Acquire a condition, notify one waiter, or all, release it."""

    condition: int = 0
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Send(Statement):
    """Send the statement's number on a stream."""

    stream: int = 0


@dataclass(frozen=True, slots=True)
class Receive(Statement):
    """Receive an item from a stream."""

    stream: int = 0


@dataclass(frozen=True, slots=True)
class Close(Statement):
    """Close one end of a stream, or the clone of it in whose body this stands."""

    stream: int = 0
    sending: bool = False


@dataclass(frozen=True, slots=True)
class WithClone(Statement):
    """Clone one end of a stream; the body uses the clone in its place, and closes it at its end."""

    stream: int = 0
    sending: bool = False
    body: Block = ()


@dataclass(frozen=True, slots=True)
class SetVariable(Statement):
    """Set the context variable to the statement's number."""


@dataclass(frozen=True, slots=True)
class ReadVariable(Statement):
    """Read the context variable."""


@dataclass(frozen=True, slots=True)
class Thread(Statement):
    """Call a function in a worker thread; with `back`, it runs a checkpoint in the event loop from there."""

    back: bool = False


@dataclass(frozen=True, slots=True)
class OnSocket(Statement):
    """The base of all that is done on one end of a pair of sockets."""

    socket: int = 0
    far: bool = False


@dataclass(frozen=True, slots=True)
class SocketSend(OnSocket):
    """Send the statement's number, if that end may still send."""


@dataclass(frozen=True, slots=True)
class SocketReceive(OnSocket):
    """Receive one number."""


@dataclass(frozen=True, slots=True)
class SocketEnd(OnSocket):
    """Tell the other end that no more will be sent; nothing on an end that is closed or sends."""


@dataclass(frozen=True, slots=True)
class SocketClose(OnSocket):
    """Close one end; with `abort`, without waiting for anything."""

    abort: bool = False


_KINDS: tuple[type[Statement], ...] = (
    Checkpoint, Sleep, SleepForever, Raise, Catch, Finally, Generator, Scope, EnterAgain, Cancel, Group,
    Started, Gather, SetEvent, WaitEvent, WithLock, WithSemaphore, WithLimiter, WaitCondition, Notify, Send,
    Receive, Close, WithClone, SetVariable, ReadVariable, Thread, SocketSend, SocketReceive, SocketEnd,
    SocketClose,
)  # fmt: skip

STATEMENTS = {re.sub(r"\B(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in _KINDS}
"""Every statement by its keyword, which is its name in the text form and on the wire."""

KEYWORDS = {kind: keyword for keyword, kind in STATEMENTS.items()}
