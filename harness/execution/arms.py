"""An arm of a round and its worker: one value after the other, each held against what the system says."""

import math
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

import msgspec

from harness.backends.backend import SetVariables
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.execution.scrutiny import Scrutiny
from harness.execution.values import LARGEST_NUMBER, counts_all_operations, has_laps, numbers_of
from harness.protocol.descriptions import Outcome
from harness.protocol.messages import (
    UNMEASURED,
    CaseSpec,
    Turn,
    Value,
    WorkerSummary,
)
from harness.protocol.observations import WorkerExit
from harness.records.pace import GRAIN, ArmFailure, ArmRound

T = TypeVar("T")


Message = TypeVar("Message", Value, WorkerSummary)


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm is a backend in a benchmark's rounds, or the self-test's second entry of the baseline.

    `python` is the path of the interpreter that its workers run on, and `variables` what they have in their
    environment.
    """

    name: str
    case: CaseSpec
    python: str = sys.executable
    variables: SetVariables = ()
    planted: int = 0
    """The iterations in every GRAIN that it runs and does not report: a difference that an audit planted."""


class ArmFailed(Exception):
    """An arm cannot finish its round; `failure` says why."""

    def __init__(self, failure: ArmFailure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class RoundStopped(Exception):
    """A round during which this process was stopped; what its workers measured says nothing."""


@dataclass(frozen=True, slots=True)
class RoundContext:
    """What a benchmark's rounds share: the workers' CPUs, and the seconds for which one may be silent.

    `open_arms` starts the workers of all arms; a service's have a driver beside them, on `driver_cpus`.
    """

    cpus: frozenset[int] | None
    timeout: float
    driver_cpus: frozenset[int] | None = None
    open_arms: "OpenArms" = field(default_factory=lambda: open_workers)


OpenArms = Callable[[Sequence[Arm], RoundContext, ExitStack], "list[ArmWorker]"]
"""Starts a worker for each arm, in this order; leaving the stack ends them."""


def open_workers(arms: Sequence[Arm], context: RoundContext, stack: ExitStack) -> "list[ArmWorker]":
    """Start workers that run a scenario and time it themselves."""
    return [stack.enter_context(ArmWorker(arm, context)) for arm in arms]


class ArmWorker:
    """The worker of one arm during a round."""

    job = "time"
    under: tuple[str, ...] = ()
    """The command of a program that runs the worker; empty where nothing stands between."""

    def __init__(self, arm: Arm, context: RoundContext) -> None:
        self._arm = arm
        self._timeout = context.timeout
        job: dict[str, object] = {"do": self.job, "case": arm.case}
        self._worker = Worker(job, context.cpus, python=arm.python, variables=arm.variables, under=self.under)
        self._scrutiny = Scrutiny(self._worker.pid, context.cpus)
        self._values: dict[str, list[Value]] = {"warmup": [], "turn": []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.end()

    def wait_until_ready(self) -> None:
        """Wait until the worker has made all its set-up. Raises ArmFailed."""
        self._expect("ready", type(None))

    def take_turn(self, kind: str, turn: Turn) -> Value:
        """Have the worker take one turn and give its value. Raises ArmFailed."""
        asked = replace(turn, loops=turn.loops + self._unreported(turn))
        self._scrutiny.begin()
        self._worker.send(kind, asked)
        value = self._checked(self._expect("value", Value))
        self._refuse(self._scrutiny.fault_of(value))
        value = self._scrutiny.end(asked, value)
        if value.loops != asked.loops or value.unreported or value.wall <= 0 or not has_laps(value, asked):
            raise ArmFailed(
                ArmFailure(
                    self._arm.name, f"wrote a value that cannot be: {value.loops} loops, {value.wall} ns"
                )
            )
        value = replace(value, loops=turn.loops, unreported=asked.loops - turn.loops)
        self._values[kind].append(value)
        return value

    def scrutinize(self, last: Turn) -> None:
        """Hold what the worker said against what the system says. Raises ArmFailed where they contradict.

        One more turn, of a single iteration, measures what a turn costs beside its iterations.
        """
        if self._scrutiny.can_probe:
            self._scrutiny.begin()
            self._worker.send("warmup", replace(last, loops=1, laps=1))
            probe = self._checked(self._expect("value", Value))
            self._refuse(self._scrutiny.fault_of_clock(probe))
        self._refuse(self._scrutiny.fault_of_conduct())

    def _refuse(self, fault: str | None) -> None:
        if fault is not None:
            raise ArmFailed(ArmFailure(self._arm.name, fault, unmeasured=True))

    def _unreported(self, turn: Turn) -> int:
        """Return how many iterations of a turn are run beside those reported: the planted share of them.

        What is no whole number is rounded up or down at random, so that it is exact over turns.
        """
        exact = turn.loops * self._arm.planted / GRAIN
        return math.floor(exact + random.Random(turn.seed).random()) if exact else 0

    def release(self) -> None:
        """Tell the worker that all turns are over."""
        self._worker.send("release")

    def finish(self) -> ArmRound:
        """Return the worker's values, and what it says at its end. Raises ArmFailed."""
        summary = self._checked(self._expect("summary", WorkerSummary))
        if (sketch := summary.sketch) and not counts_all_operations(sketch):
            reason = f"wrote a sketch that cannot be of {sketch.operations} operations: {sketch.bins[:80]!r}"
            raise ArmFailed(ArmFailure(self._arm.name, reason))
        return ArmRound(
            arm=self._arm.name,
            warmups=tuple(self._values["warmup"]),
            values=tuple(self._values["turn"]),
            summary=summary,
        )

    def _wait_for_end(self) -> str:
        """Wait until a worker that has finished ends, and return what it wrote. Raises ArmFailed."""
        reply = self._worker.receive(self._timeout)
        if isinstance(reply, WorkerExit) and not reply.timed_out:
            return reply.output
        raise ArmFailed(ArmFailure(self._arm.name, "did not end when it was finished", unmeasured=True))

    def _checked(self, message: Message) -> Message:
        """Return the message itself. Raises ArmFailed for a number in it that no clock or counter gives."""
        if any(abs(number) > LARGEST_NUMBER for number in numbers_of(message)):
            raise ArmFailed(ArmFailure(self._arm.name, "wrote a number that cannot be: it is beyond ±2^63"))
        return message

    def _expect(self, kind: str, shape: type[T]) -> T:
        """Return the next message's content. Raises ArmFailed if it is of another kind or shape."""
        reply = self._worker.receive(self._timeout)
        if self._worker.stopped:
            raise RoundStopped
        if isinstance(reply, WorkerExit):
            output = "\n".join(filter(None, [*map(str, reply.waiting), reply.output]))
            raise ArmFailed(ArmFailure(self._arm.name, reply.how, output, reply.timed_out))
        try:
            if reply.kind != kind:
                unmeasured = reply.kind == UNMEASURED
                raise ArmFailed(ArmFailure(self._arm.name, _refusal(reply), unmeasured=unmeasured))
            return reply.read(shape)
        except msgspec.ValidationError as error:
            raise ArmFailed(ArmFailure(self._arm.name, f"wrote what is no {reply.kind}: {error}")) from None


def _refusal(reply: Reply) -> str:
    """Say why a worker gives no more values. Raises msgspec.ValidationError for an outcome that is none."""
    match reply:
        case Reply("raised"):
            return f"when timed it {reply.read(Outcome)}"
        case Reply(_, {"message": message}):
            return str(message)
    return f"sent {reply.kind!r} out of turn"
