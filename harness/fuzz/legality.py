"""Which programs have a meaning that documentation tells: all but some of those that gather."""

from harness.fuzz.language import Program, walk
from harness.fuzz.statements import (
    Catch,
    Checkpoint,
    Finally,
    Gather,
    Raise,
    ReadVariable,
    SetEvent,
    SetVariable,
    Sleep,
    Statement,
    WithLock,
)

WITH_GATHER: tuple[type[Statement], ...] = (
    Gather, Checkpoint, Sleep, Raise, Catch, Finally, SetEvent, WithLock, SetVariable, ReadVariable,
)  # fmt: skip
"""What a program that gathers may hold besides. `asyncio.gather` knows nothing of AnyIO's scopes, and what it
does in one is nobody's promise: there is no scope, no cancellation, and no wait that may last for ever."""


def is_legal(program: Program) -> bool:
    """Whether the specification has a meaning for a program."""
    if not any(isinstance(statement, Gather) for statement in walk(program.body)):
        return True
    return all(map(_is_legal_with_gather, walk(program.body)))


def _is_legal_with_gather(statement: Statement) -> bool:
    match statement:
        case Finally(shield=True):
            return False
        case WithLock(body=body):
            return not any(isinstance(inner, WithLock | Gather) for inner in walk(body))
    return isinstance(statement, WITH_GATHER)
