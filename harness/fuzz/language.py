"""The language of random programs: frozen statements without loops, in which every number is legal.

A statement runs at most once, so its number names it. Numbers that point at an event, a scope or a stream are
taken modulo how many there are, and time is counted in instants from the beginning: whatever is left of a
program when parts are taken away is a program.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

EVENTS = LOCKS = SEMAPHORES = LIMITERS = CONDITIONS = STREAMS = 2
"""How many of each kind of object every program has."""

CAPACITIES = 3
"""The capacity of a stream is 0, 1 or 2."""

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


STATEMENTS: dict[str, type[Statement]] = {
    "checkpoint": Checkpoint,
    "sleep": Sleep,
    "sleep-forever": SleepForever,
    "raise": Raise,
    "catch": Catch,
    "finally": Finally,
    "generator": Generator,
    "scope": Scope,
    "enter-again": EnterAgain,
    "cancel": Cancel,
    "group": Group,
    "started": Started,
    "gather": Gather,
    "set-event": SetEvent,
    "wait-event": WaitEvent,
    "with-lock": WithLock,
    "with-semaphore": WithSemaphore,
    "with-limiter": WithLimiter,
    "wait-condition": WaitCondition,
    "notify": Notify,
    "send": Send,
    "receive": Receive,
    "close": Close,
    "with-clone": WithClone,
    "set-variable": SetVariable,
    "read-variable": ReadVariable,
    "thread": Thread,
}
"""Every statement by its keyword, which is its name in the text form and on the wire."""

KEYWORDS = {kind: keyword for keyword, kind in STATEMENTS.items()}


@dataclass(frozen=True, slots=True)
class Program:
    """A body, and the capacities of the streams that it uses."""

    body: Block = ()
    capacities: tuple[int, ...] = field(default=(0,) * STREAMS)


_BLOCKS = {"children", "body", "cleanup"}

_NUMBERS = {
    kind: tuple(one.name for one in fields(kind) if one.name not in _BLOCKS) for kind in STATEMENTS.values()
}
_BLOCK_NAMES = {
    kind: tuple(one.name for one in fields(kind) if one.name in _BLOCKS) for kind in STATEMENTS.values()
}


def numbers_of(kind: type[Statement]) -> tuple[str, ...]:
    """The names of a statement's fields that are numbers or switches."""
    return _NUMBERS[kind]


def blocks_of(kind: type[Statement]) -> tuple[str, ...]:
    """The names of a statement's fields that hold statements, in the order in which they are numbered."""
    return _BLOCK_NAMES[kind]


def inner_blocks(statement: Statement) -> Iterator[Block]:
    """The blocks in a statement, in the order in which they are numbered."""
    for name in blocks_of(type(statement)):
        block = getattr(statement, name)
        if name == "children":
            yield from block
        else:
            yield block


def walk(block: Block) -> Iterator[Statement]:
    """Every statement of a block and within it, in the order of their numbers, which begin with 0."""
    for statement in block:
        yield statement
        for inner in inner_blocks(statement):
            yield from walk(inner)


def size(program: Program) -> int:
    """How many statements a program has."""
    return sum(1 for _ in walk(program.body))


def last_instant(program: Program) -> int:
    """The last instant that a program names; one later, everything in it is cancelled."""
    return max((_instant(statement) for statement in walk(program.body)), default=0)


def _instant(statement: Statement) -> int:
    match statement:
        case Sleep(until=instant) | Scope(deadline=instant):
            return instant
    return 0


def task_count(program: Program) -> int:
    """How many tasks a program has, if all are started."""
    return 1 + sum(len(one.children) for one in walk(program.body) if isinstance(one, Group | Gather))


def to_wire(block: Block) -> list[list[object]]:
    """A block as plain lists: the keyword, then the fields in order."""
    return [_statement_to_wire(statement) for statement in block]


def _statement_to_wire(statement: Statement) -> list[object]:
    kind = type(statement)
    wire: list[object] = [KEYWORDS[kind]]
    for one in fields(kind):
        value = getattr(statement, one.name)
        if one.name == "children":
            value = [to_wire(child) for child in value]
        elif one.name in _BLOCKS:
            value = to_wire(value)
        wire.append(value)
    return wire
