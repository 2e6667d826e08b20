"""Workers taking turns: one round of a row, all arms alive at once on the same CPU, order drawn anew."""

import math
import os
import random
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import msgspec

from harness.execution.process import Reply, Worker
from harness.protocol.descriptions import Outcome
from harness.protocol.messages import UNMEASURED, Assignment, Farewell, Sketched, Timed, Turn, Value
from harness.protocol.observations import Ended
from harness.records.pace import GRAIN, ArmRound, Calibration, Fault, Pace

T = TypeVar("T")
Told = TypeVar("Told", Value, Farewell)

About = Mapping[str, str | int]
"""Metadata for the pyperf runs of a round."""

LARGEST = 2**63
"""Of any number that a worker tells: nanoseconds of 292 years, and what can be divided as a float."""

TRIES = 3
"""Values of which a calibration takes the least."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A backend taking part in a row's rounds, or the baseline's second entry (A/A); `python` runs it."""

    name: str
    assignment: Assignment
    python: str = sys.executable
    planted: int = 0
    """Iterations in every GRAIN that it runs and does not report: a difference planted by an audit."""


class _ArmFailed(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.because)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Stage:
    """Where rounds take place: the CPUs that workers are pinned to, and seconds of patience."""

    cpus: frozenset[int] | None
    timeout: float


def choose_cpus(wanted: int) -> frozenset[int] | None:
    """`wanted` CPUs for workers: allowed, not CPU 0 where there is a choice; None if it cannot pin."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0), reverse=True)
    return frozenset(allowed[:wanted])


@contextmanager
def kept_off(cpus: frozenset[int] | None) -> Iterator[None]:
    """Keep this process off the workers' CPUs, where there are others; all threads, for one may draw."""
    if cpus is None or not (os.sched_getaffinity(0) - cpus):
        yield
        return
    threads = [one.native_id for one in threading.enumerate() if one.native_id is not None]
    before = os.sched_getaffinity(0)
    _move(threads, before - cpus)
    try:
        yield
    finally:
        _move(threads, before)


def _move(threads: Sequence[int], cpus: Collection[int]) -> None:
    for thread in threads:
        with suppress(ProcessLookupError):  # it has ended
            os.sched_setaffinity(thread, cpus)


def run_round(
    arms: Sequence[Arm], pace: Pace, stage: Stage, seed: str, about: About
) -> tuple[ArmRound, ...] | Fault:
    """One round: a fresh worker per arm, warm-ups and turns in an order drawn anew for each.

    `seed` names the round; the orders and the turns' seeds derive from it, equal for all arms.
    `about` becomes metadata of the pyperf runs. An arm that fails makes the round void.
    """
    shuffle = random.Random(seed)
    turns = _turns(pace, shuffle)
    together = [[arm] for arm in shuffle.sample(arms, len(arms))] if pace.alone else [arms]
    try:
        parts = [part for some in together for part in _play(some, turns, stage, shuffle, about)]
    except _ArmFailed as failed:
        return failed.fault
    order = [arm.name for arm in arms]
    return tuple(sorted(parts, key=lambda part: order.index(part.arm)))


def _turns(pace: Pace, shuffle: random.Random) -> list[tuple[str, Turn]]:
    """The turns of a round, warm-ups first, each with its own seed."""

    def turn(timed: Timed) -> Turn:
        return Turn(pace.loops, shuffle.getrandbits(32), pace.untimed, timed, pace.warm)

    warmups = [("warmup", turn("whole")) for _ in range(pace.warmups)]
    return [*warmups, *(("turn", turn(pace.timed)) for _ in range(pace.turns))]


def _play(
    arms: Sequence[Arm],
    turns: Sequence[tuple[str, Turn]],
    stage: Stage,
    shuffle: random.Random,
    about: About,
) -> list[ArmRound]:
    """The arms' workers live at once and take every turn, in an order drawn anew for each."""
    with ExitStack() as stack:
        players = [stack.enter_context(_Player(arm, stage)) for arm in shuffle.sample(arms, len(arms))]
        for player in players:
            player.wait_until_ready()
        for kind, turn in turns:
            for player in shuffle.sample(players, len(players)):
                player.play(kind, turn)
        for player in players:  # nobody writes or exits before everybody has taken the last turn
            player.release(about)
        return [player.part() for player in players]


class _Player:
    """One arm's worker during a round."""

    def __init__(self, arm: Arm, stage: Stage) -> None:
        self._arm = arm
        self._timeout = stage.timeout
        self._worker = Worker({"do": "time", "case": arm.assignment}, stage.cpus, python=arm.python)
        self._values: dict[str, list[Value]] = {"warmup": [], "turn": []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.end()

    def wait_until_ready(self) -> None:
        self._expect("ready", type(None))

    def play(self, kind: str, turn: Turn) -> Value:
        extra = turn.loops * self._arm.planted // GRAIN
        self._worker.send(kind, replace(turn, loops=turn.loops + extra) if extra else turn)
        value = self._possible(self._expect("value", Value))
        if value.loops != turn.loops + extra or value.wall <= 0:
            raise _ArmFailed(
                Fault(self._arm.name, f"wrote a value that cannot be: {value.loops} loops, {value.wall} ns")
            )
        if extra:
            value = replace(value, loops=turn.loops)
        self._values[kind].append(value)
        return value

    def release(self, about: About) -> None:
        self._worker.send("release", {**about, "loopcmp_arm": self._arm.name})

    def part(self) -> ArmRound:
        farewell = self._possible(self._expect("farewell", Farewell))
        if (sketched := farewell.sketched) and min(sketched.operations, *sketched.quantiles) < 1:
            raise _ArmFailed(Fault(self._arm.name, f"wrote quantiles that cannot be: {sketched.quantiles}"))
        return ArmRound(
            arm=self._arm.name,
            warmups=tuple(self._values["warmup"]),
            values=tuple(self._values["turn"]),
            farewell=farewell,
        )

    def _possible(self, told: Told) -> Told:
        """What the worker told. Raises _ArmFailed for a number that nothing can be."""
        if any(abs(number) > LARGEST for number in _numbers(told)):
            raise _ArmFailed(Fault(self._arm.name, "wrote a number that cannot be: it is beyond ±2^63"))
        return told

    def _expect(self, kind: str, shape: type[T]) -> T:
        """The content of the worker's next message, which is of this kind. Raises _ArmFailed."""
        reply = self._worker.receive(self._timeout)
        if isinstance(reply, Ended):
            raise _ArmFailed(Fault(self._arm.name, reply.how, reply.said, reply.timed_out))
        try:
            if reply.kind != kind:
                unmeasured = reply.kind == UNMEASURED
                raise _ArmFailed(Fault(self._arm.name, _refusal(reply), unmeasured=unmeasured))
            return reply.read(shape)
        except msgspec.ValidationError as error:
            raise _ArmFailed(Fault(self._arm.name, f"wrote what is no {reply.kind}: {error}")) from None


def _numbers(told: Value | Farewell | Sketched) -> Iterator[float]:
    """Every number of a message, those of its sketch among them."""
    for name in told.__slots__:
        match getattr(told, name):
            case int() | float() as number:
                yield number
            case tuple() as several:
                yield from several
            case Sketched() as sketched:
                yield from _numbers(sketched)


def _refusal(reply: Reply) -> str:
    """Why a worker gives no more. Raises msgspec.ValidationError for an outcome that is none."""
    match reply:
        case Reply("raised"):
            return f"when timed it {reply.read(Outcome)}"
        case Reply(_, {"message": message}):
            return str(message)
    return f"sent {reply.kind!r} out of turn"


def calibrate(arms: Sequence[Arm], stage: Stage, seconds: float) -> Calibration | Fault:
    """Find one loop count for a row: the first arm's value lasts at least `seconds`."""
    try:
        with ExitStack() as stack:
            players = [stack.enter_context(_Player(arm, stage)) for arm in arms]
            for player in players:
                player.wait_until_ready()
            loops, iteration = _enough(players[0], seconds)
            few = max(1, loops // 8)
            slowest = max([iteration, *(_iteration(player, few) for player in players[1:])])
    except _ArmFailed as failed:
        return failed.fault
    return Calibration(loops, iteration, slowest)


def _enough(player: _Player, seconds: float) -> tuple[int, float]:
    """The loops after which a value lasts `seconds`, found by doubling, and one iteration's seconds."""
    loops = 1
    while (iteration := _iteration(player, loops)) * loops < seconds / 2:
        loops *= 2
    return math.ceil(seconds / iteration), iteration


def _iteration(player: _Player, loops: int) -> float:
    """Seconds of one iteration: the least of a few values, for a hiccup must not set the loop count."""
    values = [player.play("warmup", Turn(loops, seed=0, untimed=0)) for _ in range(TRIES)]
    return min(value.wall / value.loops / 1e9 for value in values)
