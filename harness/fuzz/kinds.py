"""The kinds of statements that programs are drawn from, and the profiles that say which."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from harness.fuzz.statements import (
    Block,
    Cancel,
    Catch,
    Checkpoint,
    Close,
    EnterAgain,
    Finally,
    Gather,
    Generator,
    Group,
    Notify,
    Raise,
    ReadVariable,
    Receive,
    Scope,
    Send,
    SetEvent,
    SetVariable,
    Sleep,
    SleepForever,
    SocketClose,
    SocketEnd,
    SocketReceive,
    SocketSend,
    Started,
    Statement,
    Thread,
    WaitCondition,
    WaitEvent,
    WithClone,
    WithLimiter,
    WithLock,
    WithSemaphore,
)

_LAST_INSTANT = 4
_TARGETS = 4
"""Numbers that point at a scope are below this."""


class Profile(StrEnum):
    """Which kinds of statements programs are made of: a few find their faults sooner than all."""

    TASKS = "tasks"
    TIMERS = "timers"
    CANCELLATION = "cancellation"
    SYNC = "sync"
    CHANNELS = "channels"
    GATHER = "gather"
    SOCKETS = "sockets"
    ALL = "all"


class Drawer(Protocol):
    """Whoever draws numbers for statements, and what is in them."""

    objects: int

    def shares(self, budget: int, count: int) -> list[Block]:
        """Blocks that share a budget."""

    def number(self, limit: int) -> int:
        """A number from 0 to just below this."""

    def switch(self) -> bool:
        """A switch."""


Make = Callable[[Drawer, int], Statement]
"""Makes a statement, with so many statements in it."""


def group(drawer: Drawer, budget: int, count: int = 0) -> Statement:
    """A task group of so many children, or of one to three."""
    *children, body = drawer.shares(budget, (count or 1 + drawer.number(3)) + 1)
    return Group(children=tuple(children), body=body)


def _start(drawer: Drawer, budget: int) -> Statement:
    count = min(1 + drawer.number(3), budget)
    *children, body = drawer.shares(budget - count, count + 1)
    return Group(start=True, children=tuple(_with_started(drawer, child) for child in children), body=body)


def _with_started(drawer: Drawer, child: Block) -> Block:
    place = drawer.number(len(child) + 1)
    return (*child[:place], Started(), *child[place:])


def gather(drawer: Drawer, budget: int, count: int = 0) -> Statement:
    """A gather of so many children, or of one to three."""
    children = drawer.shares(budget, count or 1 + drawer.number(3))
    return Gather(drawer.switch(), tuple(children))


def _scope(drawer: Drawer, budget: int) -> Statement:
    deadline = 0 if drawer.number(2) else 1 + drawer.number(_LAST_INSTANT)
    (body,) = drawer.shares(budget, 1)
    return Scope(deadline, drawer.switch(), body)


def _finally(drawer: Drawer, budget: int, *, may_shield: bool = True) -> Statement:
    body, cleanup = drawer.shares(budget, 2)
    return Finally(may_shield and drawer.switch(), body, cleanup)


def _generator(drawer: Drawer, budget: int) -> Statement:
    body, cleanup = drawer.shares(budget, 2)
    return Generator(body, cleanup)


def _with(kind: type[WithLock | WithSemaphore | WithLimiter]) -> Make:
    def make(drawer: Drawer, budget: int) -> Statement:
        (body,) = drawer.shares(budget, 1)
        return kind(drawer.number(drawer.objects), body)

    return make


def _clone(drawer: Drawer, budget: int) -> Statement:
    (body,) = drawer.shares(budget, 1)
    return WithClone(drawer.number(drawer.objects), bool(drawer.number(2)), body)


def _plain_lock(drawer: Drawer, _budget: int) -> Statement:
    leaf: Statement = Checkpoint() if drawer.number(2) else Sleep(1 + drawer.number(3))
    return WithLock(drawer.number(drawer.objects), (leaf,))


def _sleep(drawer: Drawer, _budget: int) -> Statement:
    return Sleep(1 + drawer.number(_LAST_INSTANT))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: what makes it, and whether there are statements in it."""

    make: Make
    is_compound: bool = False


_LEAVES: dict[str, Make] = {
    "checkpoint": lambda _drawer, _budget: Checkpoint(),
    "sleep": _sleep,
    "sleep-forever": lambda _drawer, _budget: SleepForever(),
    "raise": lambda _drawer, _budget: Raise(),
    "cancel": lambda drawer, _budget: Cancel(drawer.number(_TARGETS)),
    "enter-again": lambda drawer, _budget: EnterAgain(drawer.number(_TARGETS)),
    "set-event": lambda drawer, _budget: SetEvent(drawer.number(drawer.objects)),
    "wait-event": lambda drawer, _budget: WaitEvent(drawer.number(drawer.objects)),
    "wait-condition": lambda drawer, _budget: WaitCondition(drawer.number(drawer.objects)),
    "notify": lambda drawer, _budget: Notify(drawer.number(drawer.objects), drawer.switch()),
    "send": lambda drawer, _budget: Send(drawer.number(drawer.objects)),
    "receive": lambda drawer, _budget: Receive(drawer.number(drawer.objects)),
    "close": lambda drawer, _budget: Close(drawer.number(drawer.objects), bool(drawer.number(2))),
    "set-variable": lambda _drawer, _budget: SetVariable(),
    "read-variable": lambda _drawer, _budget: ReadVariable(),
    "started": lambda _drawer, _budget: Started(),
    "thread": lambda drawer, _budget: Thread(drawer.switch()),
    "socket-send": lambda drawer, _budget: SocketSend(drawer.number(drawer.objects), bool(drawer.number(2))),
    "socket-receive": lambda drawer, _budget: SocketReceive(
        drawer.number(drawer.objects), bool(drawer.number(2))
    ),
    "socket-end": lambda drawer, _budget: SocketEnd(drawer.number(drawer.objects), bool(drawer.number(2))),
    "socket-close": lambda drawer, _budget: SocketClose(
        drawer.number(drawer.objects), bool(drawer.number(2)), drawer.switch()
    ),
}

_COMPOUNDS: dict[str, Make] = {
    "catch": lambda drawer, budget: Catch(*drawer.shares(budget, 1)),
    "finally": _finally,
    "plain-finally": lambda drawer, budget: _finally(drawer, budget, may_shield=False),
    "generator": _generator,
    "scope": _scope,
    "group": group,
    "start": _start,
    "gather": gather,
    "with-lock": _with(WithLock),
    "plain-lock": _plain_lock,
    "with-semaphore": _with(WithSemaphore),
    "with-limiter": _with(WithLimiter),
    "with-clone": _clone,
}


def _kinds(words: str) -> tuple[Kind, ...]:
    return tuple(
        Kind(_COMPOUNDS[word], is_compound=True) if word in _COMPOUNDS else Kind(_LEAVES[word])
        for word in words.split()
    )


WAITS = [_LEAVES[name] for name in ("checkpoint", "sleep", "wait-event", "receive", "sleep-forever")]
GATHER_WAITS = [_LEAVES[name] for name in ("checkpoint", "sleep")]

KINDS = {
    Profile.TASKS: _kinds(
        "checkpoint sleep raise set-variable read-variable thread cancel started catch finally group start"
    ),
    Profile.TIMERS: _kinds("checkpoint sleep sleep sleep-forever raise scope scope group finally"),
    Profile.CANCELLATION: _kinds(
        "checkpoint sleep sleep-forever raise cancel cancel enter-again wait-event set-event"
        " scope scope finally generator group catch"
    ),
    Profile.SYNC: _kinds(
        "checkpoint sleep cancel cancel set-event wait-event wait-condition notify scope group"
        " with-lock with-semaphore with-semaphore with-limiter"
    ),
    Profile.CHANNELS: _kinds(
        "checkpoint sleep cancel send send receive receive close scope group with-clone catch"
    ),
    Profile.GATHER: _kinds(
        "checkpoint sleep raise set-event plain-lock set-variable read-variable catch plain-finally gather"
    ),
    Profile.SOCKETS: _kinds(
        "checkpoint sleep raise cancel socket-send socket-send socket-send socket-receive socket-receive"
        " socket-receive socket-end socket-close catch scope group finally"
    ),
    Profile.ALL: _kinds(
        "checkpoint sleep sleep-forever raise cancel enter-again set-event wait-event wait-condition notify"
        " send receive close set-variable read-variable thread started catch finally generator scope group"
        " start with-lock with-semaphore with-limiter with-clone"
    ),
}
"""What each profile is made of; a kind that is named twice is drawn more often."""
