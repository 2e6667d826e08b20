"""The parent's side of a service's round: each arm's worker serves, and one driver asks them in turn."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

import msgspec

from harness.execution.arms import Arm, ArmFailed, ArmWorker, RoundContext
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.protocol.messages import LatencySketch, Turn, Value
from harness.protocol.observations import WorkerExit
from harness.protocol.traffic import CROWD, Batch, Broken, Driven, Fault, Offer
from harness.records.pace import ArmFailure, ArmRound

DRIVER_GRACE = 5.0
"""The seconds that a driver is given beyond those for which a service may be silent."""

LAST_WORDS = 1.0
"""The seconds that a service is given to end, or to say why it did, once it has broken a connection."""


def open_service_arms(arms: Sequence[Arm], context: RoundContext, stack: ExitStack) -> list[ArmWorker]:
    """Start a driver for all arms, and a worker that serves for each; the stack ends them."""
    driver = Driver(stack.enter_context(Worker({"do": "drive"}, context.driver_cpus)), context.timeout)
    return [stack.enter_context(ServiceArm(arm, context, driver)) for arm in arms]


class DriverFailed(Exception):
    """The driver itself could not go on, which says nothing of the arm whose turn it is."""


class ServiceFailed(Exception):
    """The driver found something wrong with the service that it asked."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.how)
        self.broken = broken


class Driver:
    """The process that asks the services of all arms; `patience` is how long one may be silent."""

    def __init__(self, worker: Worker, patience: float) -> None:
        self._worker = worker
        self._patience = patience

    def connect(self, arm: str, offer: Offer) -> None:
        """Connect to an arm's service and ask it a few times. Raises ServiceFailed or DriverFailed."""
        order = {"arm": arm, "offer": msgspec.to_builtins(offer), "patience": self._patience}
        self._driven("connect", order)

    def ask(self, arm: str, requests: int, rate: float = 0.0) -> Driven:
        """Have so many requests made to an arm's service. Raises ServiceFailed or DriverFailed."""
        return self._driven("batch", msgspec.to_builtins(Batch(arm, requests, self._patience, rate)))

    def crowd(self, arm: str) -> Driven:
        """Have a crowd of connections opened to an arm's service, each answered once.

        Raises ServiceFailed or DriverFailed.
        """
        return self._driven("crowd", {"arm": arm, "connections": CROWD})

    def disperse(self, arm: str) -> None:
        """Have the connections of a crowd closed. Raises DriverFailed."""
        self._worker.send("disperse", arm)
        self._reply("dispersed")

    def sketch(self, arm: str) -> LatencySketch | None:
        """Return the times of the requests to an arm that were made at a rate. Raises DriverFailed."""
        self._worker.send("sketch", arm)
        return self._reply("sketch").read(LatencySketch | None)  # type: ignore[arg-type]

    def _driven(self, kind: str, order: object) -> Driven:
        self._worker.send(kind, order)
        reply = self._reply("driven", "broken")
        if reply.kind == "broken":
            raise ServiceFailed(reply.read(Broken))
        return reply.read(Driven)

    def _reply(self, *kinds: str) -> Reply:
        reply = self._worker.receive(self._patience + DRIVER_GRACE)
        if isinstance(reply, WorkerExit):
            raise DriverFailed(f"the driver {reply.how}: {reply.output}")
        if reply.kind not in kinds:
            raise DriverFailed(f"the driver sent {reply.kind!r} out of turn")
        return reply


class ServiceArm(ArmWorker):
    """The worker of one arm that serves, and what the driver finds when it asks it."""

    job = "serve"

    def __init__(self, arm: Arm, context: RoundContext, driver: Driver) -> None:
        super().__init__(arm, context)
        self.driver = driver
        self.port = 0

    def wait_until_ready(self) -> None:
        """Wait until the worker listens and has answered on every connection. Raises ArmFailed."""
        offer = self._expect("ready", Offer)
        self.port = offer.port
        try:
            self.driver.connect(self._arm.name, offer)
        except ServiceFailed as failed:
            raise self._failure(failed.broken) from None
        except DriverFailed as failed:
            raise self._unmeasured(failed) from None

    def take_turn(self, kind: str, turn: Turn) -> Value:
        """Have the driver ask as many requests as the turn has loops, and give the service's value.

        Raises ArmFailed. The untimed requests come before the last collection, as they do in any worker.
        """
        unreported = self._unreported(turn)
        try:
            if turn.warm and turn.collect:
                self._collect(full=True)
            if turn.untimed:
                self.driver.ask(self._arm.name, turn.untimed)
            self._collect(full=turn.collect and not turn.warm)
            value = self._crowded(turn) if turn.timed == "crowded" else self._timed(turn, unreported)
        except ServiceFailed as failed:
            raise self._failure(failed.broken) from None
        except DriverFailed as failed:
            raise self._unmeasured(failed) from None
        value = replace(value, loops=turn.loops, unreported=unreported)
        self._values[kind].append(value)
        return value

    def _collect(self, *, full: bool) -> None:
        self._worker.send("collect", {"full": full})
        self._expect("collected", type(None))

    def _timed(self, turn: Turn, unreported: int) -> Value:
        """Have a batch made between two readings of the worker's clocks."""
        requests = turn.loops + unreported
        value = self._between_readings(requests, lambda: self.driver.ask(self._arm.name, requests, turn.rate))
        return replace(value, rate=turn.rate)

    def _crowded(self, turn: Turn) -> Value:
        """Have a crowd of connections opened, and read the worker's memory before and then."""
        before = self._memory()
        value = self._between_readings(CROWD, lambda: self.driver.crowd(self._arm.name))
        crowded = self._memory()
        self.driver.disperse(self._arm.name)
        return replace(value, loops=turn.loops, resident=(before, crowded))

    def _memory(self) -> int:
        """Return the worker's resident bytes; 0 where the system does not tell."""
        self._worker.send("memory")
        return self._expect("memory", int | None) or 0  # type: ignore[arg-type]

    def _between_readings(self, requests: int, ask: Callable[[], Driven]) -> Value:
        self._worker.send("start", {"requests": requests})
        self._expect("started", type(None))
        driven = ask()
        self._worker.send("stop", {"loops": requests, "wall": driven.wall, "driver_cpu": driven.cpu})
        value = self._checked(self._expect("value", Value))
        if value.loops != requests or value.wall != driven.wall or value.cpu <= 0:
            raise ArmFailed(
                ArmFailure(self._arm.name, f"wrote a value that cannot be: {value.cpu} ns of CPU")
            )
        return replace(value, p99=driven.p99)

    def finish(self) -> ArmRound:
        """Return the worker's values with the driver's times. Raises ArmFailed."""
        part = super().finish()
        try:
            sketch = self.driver.sketch(self._arm.name)
        except DriverFailed as failed:
            raise self._unmeasured(failed) from None
        return part if sketch is None else replace(part, summary=replace(part.summary, sketch=sketch))

    def _failure(self, broken: Broken) -> ArmFailed:
        """Return why the arm is given up: how its worker ended, if it did, or else what the driver saw."""
        if broken.fault is Fault.WRONG:
            return ArmFailed(ArmFailure(self._arm.name, broken.how, wrong=True))
        reply = self._worker.receive(0 if broken.fault is Fault.SILENT else LAST_WORDS)
        output = ""
        if isinstance(reply, WorkerExit):
            output = "\n".join(filter(None, [*map(str, reply.waiting), reply.output]))
            if not reply.timed_out:
                return ArmFailed(ArmFailure(self._arm.name, reply.how, output))
        silent = broken.fault is Fault.SILENT
        return ArmFailed(ArmFailure(self._arm.name, broken.how, output, timed_out=silent))

    def _unmeasured(self, failed: DriverFailed) -> ArmFailed:
        return ArmFailed(ArmFailure(self._arm.name, str(failed), unmeasured=True))
