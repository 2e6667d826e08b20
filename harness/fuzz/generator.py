"""Random programs: of a seed, a profile and a size, the program of any number, without those before it.

Swarm testing (Groce et al., ISSTA 2012): each program draws the few kinds of statements that it is made of.
What all kinds could do together, a few do far sooner.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from harness.fuzz.language import (
    CAPACITIES,
    STREAMS,
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
    Program,
    Raise,
    ReadVariable,
    Receive,
    Scope,
    Send,
    SetEvent,
    SetVariable,
    Sleep,
    SleepForever,
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
from harness.fuzz.random_numbers import RandomNumbers

DEFAULT_SIZE = 14
"""Statements that a program has at most, if nothing else is said."""

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
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Series:
    """An endless series of programs: number n of it is the same everywhere."""

    seed: int
    profile: Profile = Profile.ALL
    max_size: int = DEFAULT_SIZE

    def program(self, number: int) -> Program:
        """The program of this number, from 0."""
        return _Generator(self, RandomNumbers(self.seed, _PROFILES.index(self.profile), number)).program()


_PROFILES = tuple(Profile)

Make = Callable[["_Generator", int], Statement]


class _Generator:
    """Makes one program."""

    def __init__(self, series: Series, numbers: RandomNumbers) -> None:
        self._numbers = numbers
        self._size = series.max_size
        self._profile = series.profile

    objects: int
    """How many objects of a kind this program uses: with one, tasks meet there more often."""

    def program(self) -> Program:
        """A program of two or more tasks, most often."""
        numbers = self._numbers
        gathers = self._profile is Profile.GATHER or (self._profile is Profile.ALL and numbers.chance(1, 12))
        kinds = _KINDS[Profile.GATHER] if gathers else _KINDS[self._profile]
        self._leaves, self._compounds = self._swarm(kinds, gathers=gathers)
        budget = max(2, 2 + numbers.below(self._size - 1))
        self.objects = 1 + numbers.below(2)
        capacities = tuple(numbers.below(CAPACITIES) for _ in range(STREAMS))
        if numbers.chance(1, 10):
            return Program(self._block(budget), capacities)
        return Program(self._top(budget, gathers=gathers), capacities)

    def _swarm(self, kinds: tuple["_Kind", ...], *, gathers: bool) -> tuple[list[Make], list[Make]]:
        """The kinds that this program is made of: some of all, and always a leaf that waits.

        One kind stands out, and is drawn as often as the others together: tasks have to meet at something.
        """
        numbers = self._numbers
        chosen = [kind for kind in kinds if numbers.chance(1, 3)]
        focus = numbers.choice(kinds)
        chosen.extend([focus] * (1 + sum(kind.is_compound is focus.is_compound for kind in chosen)))
        leaves = [kind.make for kind in chosen if not kind.is_compound]
        leaves.append(numbers.choice(_GATHER_WAITS if gathers else _WAITS))
        return leaves, [kind.make for kind in chosen if kind.is_compound]

    def _top(self, budget: int, *, gathers: bool) -> Block:
        """A group or a gather of two to four children, and perhaps something around it."""
        numbers = self._numbers
        before = self._block(numbers.below(2)) if budget > 6 else ()
        after = self._block(numbers.below(3)) if budget > 4 else ()
        rest = budget - 1 - len(before) - len(after)
        top = (_gather if gathers else _group)(self, rest, 2 + numbers.below(3))
        return (*before, top, *after)

    def _block(self, budget: int) -> Block:
        numbers = self._numbers
        statements: list[Statement] = []
        while budget > 0:
            if budget > 1 and self._compounds and numbers.chance(2, 5):
                inner = 1 + numbers.below(budget - 1)
                statements.append(numbers.choice(self._compounds)(self, inner))
                budget -= inner + 1
            else:
                statements.append(numbers.choice(self._leaves)(self, 0))
                budget -= 1
        return tuple(statements)

    def shares(self, budget: int, count: int) -> list[Block]:
        """Blocks that share a budget."""
        cuts = sorted(self._numbers.below(budget + 1) for _ in range(count - 1))
        ends = [0, *cuts, budget]
        return [self._block(end - start) for start, end in zip(ends, ends[1:], strict=False)]

    def number(self, limit: int) -> int:
        """A number from 0 to just below this."""
        return self._numbers.below(limit)

    def switch(self) -> bool:
        """A switch that is on in one of three cases."""
        return self._numbers.below(3) == 0


def _group(generator: _Generator, budget: int, count: int = 0, *, start: bool = False) -> Statement:
    *children, body = generator.shares(budget, (count or 1 + generator.number(3)) + 1)
    return Group(start, tuple(children), body)


def _start(generator: _Generator, budget: int) -> Statement:
    group = _group(generator, budget, start=True)
    assert isinstance(group, Group)
    children = tuple(_with_started(generator, child) for child in group.children)
    return Group(start=True, children=children, body=group.body)


def _with_started(generator: _Generator, child: Block) -> Block:
    place = generator.number(len(child) + 1)
    return (*child[:place], Started(), *child[place:])


def _gather(generator: _Generator, budget: int, count: int = 0) -> Statement:
    children = generator.shares(budget, count or 1 + generator.number(3))
    return Gather(generator.switch(), tuple(children))


def _scope(generator: _Generator, budget: int) -> Statement:
    deadline = 0 if generator.number(2) else 1 + generator.number(_LAST_INSTANT)
    (body,) = generator.shares(budget, 1)
    return Scope(deadline, generator.switch(), body)


def _finally(generator: _Generator, budget: int, *, may_shield: bool = True) -> Statement:
    body, cleanup = generator.shares(budget, 2)
    return Finally(may_shield and generator.switch(), body, cleanup)


def _generator(generator: _Generator, budget: int) -> Statement:
    body, cleanup = generator.shares(budget, 2)
    return Generator(body, cleanup)


def _with(kind: type[WithLock | WithSemaphore | WithLimiter]) -> Make:
    def make(generator: _Generator, budget: int) -> Statement:
        (body,) = generator.shares(budget, 1)
        return kind(generator.number(generator.objects), body)

    return make


def _clone(generator: _Generator, budget: int) -> Statement:
    (body,) = generator.shares(budget, 1)
    return WithClone(generator.number(generator.objects), bool(generator.number(2)), body)


def _plain_lock(generator: _Generator, _budget: int) -> Statement:
    leaf: Statement = Checkpoint() if generator.number(2) else Sleep(1 + generator.number(3))
    return WithLock(generator.number(generator.objects), (leaf,))


def _sleep(generator: _Generator, _budget: int) -> Statement:
    return Sleep(1 + generator.number(_LAST_INSTANT))


@dataclass(frozen=True, slots=True)
class _Kind:
    make: Make
    is_compound: bool = False


_LEAVES: dict[str, Make] = {
    "checkpoint": lambda _generator, _budget: Checkpoint(),
    "sleep": _sleep,
    "sleep-forever": lambda _generator, _budget: SleepForever(),
    "raise": lambda _generator, _budget: Raise(),
    "cancel": lambda generator, _budget: Cancel(generator.number(_TARGETS)),
    "enter-again": lambda generator, _budget: EnterAgain(generator.number(_TARGETS)),
    "set-event": lambda generator, _budget: SetEvent(generator.number(generator.objects)),
    "wait-event": lambda generator, _budget: WaitEvent(generator.number(generator.objects)),
    "wait-condition": lambda generator, _budget: WaitCondition(generator.number(generator.objects)),
    "notify": lambda generator, _budget: Notify(generator.number(generator.objects), generator.switch()),
    "send": lambda generator, _budget: Send(generator.number(generator.objects)),
    "receive": lambda generator, _budget: Receive(generator.number(generator.objects)),
    "close": lambda generator, _budget: Close(generator.number(generator.objects), bool(generator.number(2))),
    "set-variable": lambda _generator, _budget: SetVariable(),
    "read-variable": lambda _generator, _budget: ReadVariable(),
    "started": lambda _generator, _budget: Started(),
    "thread": lambda generator, _budget: Thread(generator.switch()),
    "plain-lock": _plain_lock,
}

_COMPOUNDS: dict[str, Make] = {
    "catch": lambda generator, budget: Catch(*generator.shares(budget, 1)),
    "finally": _finally,
    "plain-finally": lambda generator, budget: _finally(generator, budget, may_shield=False),
    "generator": _generator,
    "scope": _scope,
    "group": _group,
    "start": _start,
    "gather": _gather,
    "with-lock": _with(WithLock),
    "with-semaphore": _with(WithSemaphore),
    "with-limiter": _with(WithLimiter),
    "with-clone": _clone,
}


def _kinds(words: str) -> tuple[_Kind, ...]:
    return tuple(
        _Kind(_COMPOUNDS[word], is_compound=True) if word in _COMPOUNDS else _Kind(_LEAVES[word])
        for word in words.split()
    )


_WAITS = [_LEAVES[name] for name in ("checkpoint", "sleep", "wait-event", "receive", "sleep-forever")]
_GATHER_WAITS = [_LEAVES[name] for name in ("checkpoint", "sleep")]

_KINDS = {
    Profile.TASKS: _kinds(
        "checkpoint sleep raise set-variable read-variable thread cancel started catch finally group start"
    ),
    Profile.TIMERS: _kinds("checkpoint sleep sleep sleep-forever raise scope scope group finally"),
    Profile.CANCELLATION: _kinds(
        "checkpoint sleep sleep-forever raise cancel cancel enter-again wait-event set-event"
        " scope scope finally generator group catch"
    ),
    Profile.SYNC: _kinds(
        "checkpoint sleep cancel set-event wait-event wait-condition notify scope group"
        " with-lock with-semaphore with-limiter"
    ),
    Profile.CHANNELS: _kinds(
        "checkpoint sleep cancel send send receive receive close scope group with-clone catch"
    ),
    Profile.GATHER: _kinds(
        "checkpoint sleep raise set-event plain-lock set-variable read-variable catch plain-finally gather"
    ),
    Profile.ALL: _kinds(
        "checkpoint sleep sleep-forever raise cancel enter-again set-event wait-event wait-condition notify"
        " send receive close set-variable read-variable thread started catch finally generator scope group start"
        " with-lock with-semaphore with-limiter with-clone"
    ),
}
"""What each profile is made of; a kind that is named twice is drawn more often."""
