"""Words of a promise: what may be left, and values of which more than one keeps it."""

from dataclasses import dataclass
from typing import Final, Literal

from harness.protocol.descriptions import DiagnosticKind


class _Any:
    """Stands for any number of what is left, or for anything at all that is."""

    def __repr__(self) -> str:
        return "ANY"


ANY: Final = _Any()
"""Whatever is left: `leaves=ANY`, or any number of one kind: `leaves=[descriptors(ANY)]`."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """A number that is promised to be no greater than this."""

    greatest: float


def at_most(greatest: float) -> AtMost:
    """Promise a number that is at most this one, and of its type: `returns=at_most(3)`."""
    return AtMost(greatest)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is promised to be one of these."""

    values: tuple[object, ...]


def one_of(*values: object) -> OneOf:
    """Promise one of several values, where a document leaves open which: `returns=one_of("a", "b")`."""
    return OneOf(values)


@dataclass(frozen=True, slots=True)
class LeftCount:
    """How many tasks, threads, descriptors or child processes a scenario is promised to leave."""

    kind: Literal["tasks", "threads", "descriptors", "children"]
    count: object


def tasks(count: object = ANY) -> LeftCount:
    """Promise that so many tasks are left when the loop is closed."""
    return LeftCount("tasks", count)


def threads(count: object = ANY) -> LeftCount:
    """Promise that so many threads are left."""
    return LeftCount("threads", count)


def descriptors(count: object = ANY) -> LeftCount:
    """Promise that so many descriptors are left open."""
    return LeftCount("descriptors", count)


def processes(count: object = ANY) -> LeftCount:
    """Promise that so many child processes are left."""
    return LeftCount("children", count)


@dataclass(frozen=True, slots=True)
class Left:
    """A warning or log record that a scenario is promised to leave behind."""

    kind: DiagnosticKind
    exception: object = None


def never_retrieved(exception: object) -> Left:
    """Promise that the loop will log that nobody retrieved this exception (or `cancelled`)."""
    return Left("never-retrieved", exception)


def never_awaited() -> Left:
    """Promise that Python will warn that a coroutine was never awaited."""
    return Left("never-awaited")


def destroyed_pending() -> Left:
    """Promise that the loop will log that a task was destroyed while it was pending."""
    return Left("destroyed-pending")
