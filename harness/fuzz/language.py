"""The language of random programs: frozen statements without loops, in which every number is legal.

A statement runs at most once, so its number names it. Numbers that point at an event, a scope or a stream are
taken modulo how many there are, and time is counted in instants from the beginning: whatever is left of a
program when parts are taken away is a program.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from harness.fuzz.statements import (
    KEYWORDS,
    STATEMENTS,
    Block,
    Gather,
    Group,
    OnSocket,
    Scope,
    Sleep,
    Statement,
)

EVENTS = LOCKS = SEMAPHORES = LIMITERS = CONDITIONS = STREAMS = SOCKETS = 2
"""How many of each kind of object every program has."""

CAPACITIES = 3
"""The capacity of a stream is 0, 1 or 2."""


@dataclass(frozen=True, slots=True)
class Program:
    """A body, and the capacities of the streams that it uses."""

    body: Block = ()
    capacities: tuple[int, ...] = field(default=(0,) * STREAMS)


_BLOCKS = {"children", "body", "cleanup"}

_NUMBERS = {
    kind: tuple(field.name for field in fields(kind) if field.name not in _BLOCKS)
    for kind in STATEMENTS.values()
}
_BLOCK_NAMES = {
    kind: tuple(field.name for field in fields(kind) if field.name in _BLOCKS) for kind in STATEMENTS.values()
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


def sockets_of(program: Program) -> list[int]:
    """The pairs of sockets that a program uses, by number."""
    used = {statement.socket % SOCKETS for statement in walk(program.body) if isinstance(statement, OnSocket)}
    return sorted(used)


def task_count(program: Program) -> int:
    """How many tasks a program has, if all are started."""
    return 1 + sum(
        len(statement.children) for statement in walk(program.body) if isinstance(statement, Group | Gather)
    )


def to_wire(block: Block) -> list[list[object]]:
    """A block as plain lists: the keyword, then the fields in order."""
    return [_statement_to_wire(statement) for statement in block]


def _statement_to_wire(statement: Statement) -> list[object]:
    kind = type(statement)
    wire: list[object] = [KEYWORDS[kind]]
    for attribute in fields(kind):
        value = getattr(statement, attribute.name)
        if attribute.name == "children":
            value = [to_wire(child) for child in value]
        elif attribute.name in _BLOCKS:
            value = to_wire(value)
        wire.append(value)
    return wire
