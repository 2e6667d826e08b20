"""The switches: where documentation lets asyncio and trio differ."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Quirk(StrEnum):
    """A fault that is known and that the machine can take into account, so that it hides nothing else.

    No quirk is part of what is allowed: a trace that needs one is a known finding.
    """

    SCOPE_ENTERED_AGAIN = "scope-entered-again"
    """A scope that was left can be entered again."""

    WOKEN_BEFORE_DELIVERY = "woken-before-delivery"
    """Who waits for an event or a lock in a cancelled scope is not cancelled if it is woken in the same
    iteration of the loop: the cancellation is delivered in the next one."""

    CANCELLED_SENDER_IN_LINE = "cancelled-sender-in-line"
    """The item of a sender that was cancelled can be received until the sender runs again and raises."""


@dataclass(frozen=True, slots=True)
class Family:
    """What is expected of the loops of one family, or of one gatherer.

    `learns_late`: a group learns of a failed child at any time within the instant, not at once. AnyIO's asyncio
    groups learn it from a done callback, which the loop calls later (asyncio's documentation of
    `Future.add_done_callback`: "the callback is called using loop.call_soon()"); anyio#787. trio's nurseries
    learn it as part of the child's end.

    `interrupted_exit_raises`: a group whose `async with` block is cancelled while it waits for children raises
    a cancellation even if no child did; anyio#1069. trio's documentation of `open_nursery`: "a nursery is never
    the source of a cancellation exception, it only propagates it from sub-tasks".

    `keeps_cancelled`: cancellations of children stand beside errors in the group that is raised, where an
    outer scope will take them out. trio's documentation, "Designing for multiple errors": all exceptions are
    collected in a BaseExceptionGroup. AnyIO's asyncio groups raise the errors alone.

    `collapses_cancelled`: a group of nothing but cancellations is raised as one bare cancellation; so AnyIO's
    task groups (its changelog, 4.0: "a task group raises a cancellation, not a group of them"), not trio's nurseries.

    `gathers_futures`: gather is `asyncio.gather`; see `tasks.gather_outcomes`.
    """

    name: str
    learns_late: bool
    interrupted_exit_raises: bool
    keeps_cancelled: bool
    gathers_futures: bool = False
    gather_collapses: bool = True
    quirks: frozenset[Quirk] = frozenset()


ASYNCIO = Family("asyncio", learns_late=True, interrupted_exit_raises=True, keeps_cancelled=False)
TRIO = Family("trio", learns_late=False, interrupted_exit_raises=False, keeps_cancelled=True)


def family_of(name: str, gatherer: str) -> Family:
    """The switches of a family of loops, with those of the gatherer."""
    family = {"asyncio": ASYNCIO, "trio": TRIO}[name]
    return replace(family, gathers_futures=gatherer == "gather", gather_collapses=gatherer == "anyio")
