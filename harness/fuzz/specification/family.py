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

    END_RAISES_OSERROR = "end-raises-oserror"
    """Saying again that no more will be sent, or on a connection that is lost, raises OSError."""

    CLOSED_STILL_RECEIVES = "closed-still-receives"
    """A socket that is closed gives out what had arrived before."""

    CLOSED_HIDES_CANCELLED = "closed-hides-cancelled"
    """A call in a cancelled scope on a socket that is closed raises ClosedResourceError in its place."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing in which documentation lets the families differ: what it is, and where that is said."""

    reason: str
    source: str


SWITCHES = {
    "learns_late": Switch(
        "on asyncio, a group learns of a failed child at any time within the instant: from a callback of the "
        "task, which the loop calls later; on trio, as part of the child's end",
        "https://docs.python.org/3/library/asyncio-future.html#asyncio.Future.add_done_callback, "
        "https://github.com/agronholm/anyio/issues/787",
    ),
    "interrupted_exit_raises": Switch(
        "on asyncio, a group that is cancelled while it waits for its children raises a cancellation though "
        "no child did; on trio, a nursery is never the source of a cancellation, it only propagates it",
        "https://github.com/agronholm/anyio/issues/1069, "
        "https://trio.readthedocs.io/en/stable/reference-core.html#trio.open_nursery",
    ),
    "keeps_cancelled": Switch(
        "on trio, cancellations of children stand beside errors in the group that is raised, and leave "
        "start() as they are; on asyncio, a group raises the errors alone",
        "https://trio.readthedocs.io/en/stable/reference-core.html#designing-for-multiple-errors, "
        "https://anyio.readthedocs.io/en/stable/tasks.html",
    ),
}
"""The switches of the families, by the names of the fields of Family."""


@dataclass(frozen=True, slots=True)
class Family:
    """What is expected of the loops of one family: a value for each of SWITCHES, and what a gather means.

    `gathers_futures`: gather is `asyncio.gather`; see `tasks.gather_outcomes`. `gather_collapses`: else, the
    group that it is raises a bare cancellation where it would raise a group of nothing but cancellations, as
    AnyIO's task groups do, and trio's nurseries do not. `gather_cancels_once`: the group is asyncio's; see
    `task_groups`.
    """

    name: str
    learns_late: bool
    interrupted_exit_raises: bool
    keeps_cancelled: bool
    gathers_futures: bool = False
    gather_collapses: bool = True
    gather_cancels_once: bool = False
    quirks: frozenset[Quirk] = frozenset()


ASYNCIO = Family("asyncio", learns_late=True, interrupted_exit_raises=True, keeps_cancelled=False)
TRIO = Family("trio", learns_late=False, interrupted_exit_raises=False, keeps_cancelled=True)


def family_of(name: str, gatherer: str) -> Family:
    """The switches of a family of loops, with those of the gatherer."""
    family = {"asyncio": ASYNCIO, "trio": TRIO}[name]
    return replace(
        family,
        gathers_futures=gatherer == "gather",
        gather_collapses=gatherer == "anyio",
        gather_cancels_once=gatherer == "taskgroup",
    )
