"""The messages between the parent and a worker: one JSON object a line, on two pipes of their own.

It imports the standard library alone, because workers import it.
"""

import signal
from dataclasses import dataclass
from typing import Literal

from harness.protocol.descriptions import Description, Parameter

LONGEST_MESSAGE = 16 * 1024 * 1024
"""The most bytes of a line: a description has at most 64 KiB, so no message of ours comes near it."""

OBSERVATIONS_PER_PROCESS = 8
"""The observations of a process: trio reverses half of its batches, and 2 × 8 miss that once in 32,768."""

OUT_OF_MEMORY = "out of memory"
"""The kind of message with which a worker says that it reached the limit of its memory."""

UNMEASURED = "unmeasured"
"""The kind of message with which a worker says that what it saw says nothing of the backend."""


WAITING = "waiting"
"""The kind of message with which a worker says where its tasks wait, when it is asked."""

TASKS_SIGNAL, STACK_SIGNAL = signal.SIGQUIT, signal.SIGTRAP
"""The signals with which a worker is asked where its tasks wait, and for its stack."""


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """A case as a worker needs it: where the scenario is, what it needs, which loop and gatherer to open.

    It has no name of a backend or an arm: two arms of one backend are sent the same bytes. A name that is
    seven letters longer in a worker's memory made identical code differ by 0.07% (docs/method-log.md).
    """

    module: str
    scenario: str
    parameters: tuple[tuple[str, Parameter], ...]
    family: str
    factory: str
    gatherer: str
    needs: tuple[str, ...] = ()
    app: str = ""
    """The application that a service of the user's own serves; empty for any other."""
    folder: str = ""
    """The folder from which that application is imported."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What a worker says of the interpreter that it runs on; `versions` are of all its distributions.

    `unavailable` is why the loop that was asked about cannot run there.
    """

    python: str
    implementation: str
    compiler: str
    versions: tuple[tuple[str, str], ...]
    unavailable: str | None


TimingMode = Literal["whole", "uncollected", "each", "paced", "crowded"]
"""How a turn is timed: `whole` is the clock around all iterations, after a full collection.

`uncollected` is the same without that collection; `each` times every iteration by itself as well.
A service may be asked `paced`, at a rate, or `crowded`, once on each of a thousand more connections.
"""

QUANTILES = (0.5, 0.99, 0.999)
"""The quantiles that are given of the times of single iterations."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn is the parent's request for one value; its `seed` is equal for all arms.

    If `warm`, the full collection comes before the `untimed` iterations, which warm the caches again;
    otherwise after them. Without `collect` there is none. The clock is read after each of the `laps`.
    """

    loops: int
    seed: int
    untimed: int
    timed: TimingMode = "whole"
    warm: bool = True
    laps: int = 1
    collect: bool = True
    rate: float = 0.0
    """The requests to a service that become due in a second; 0 asks as fast as it answers."""


LapCollections = tuple[tuple[int, int], ...]
"""The garbage collections of a value, in order: the lap in which each began, and its generation."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value is what one turn gave; times are nanoseconds over all `loops` iterations.

    `switches` are voluntary and involuntary context switches, `collections` the garbage
    collections per generation inside the clock and `collecting` the time in them; `full_collections`
    are how many of them were full, and the time in those. `helper_cpu` is the part of `cpu` that threads
    other than the loop's used. Since the last turn the worker `waited`, and used `idle_cpu` of CPU time
    while it did. `result` describes the last return; None where it equals that of the turn before.
    `laps` are the times of its laps (`harness.protocol.laps`), empty where it has one, and `lap_collections`
    the collections in them. `unreported` iterations were run beside the `loops`: a difference that an audit
    planted.
    """

    loops: int
    wall: int
    cpu: int
    switches: tuple[int, int]
    collections: tuple[int, int, int]
    collecting: int
    waited: int
    idle_cpu: int
    result: Description | None = None
    full_collections: tuple[int, int] = (0, 0)
    helper_cpu: int = 0
    laps: str = ""
    collected_laps: int = 0
    """A bit for each lap with a collection, in journals that tell no more; now there is `lap_collections`."""
    unreported: int = 0
    driver_cpu: int = 0
    """The CPU time of a service's driver: what it took to ask and to compare the answers."""
    rate: float = 0.0
    """The requests to a service that became due in a second; 0 where it was asked as fast as it answered."""
    p99: float = 0.0
    """The 99th percentile of the times of requests that were asked at a rate, in nanoseconds."""
    resident: tuple[int, int] = (0, 0)
    """The resident bytes of a service that is crowded: before, and under all of its connections."""
    lap_collections: LapCollections = ()
    instructions: int = 0
    """The instructions of all `loops` iterations, where they were counted."""


@dataclass(frozen=True, slots=True)
class LatencySketch:
    """How many iterations a worker timed by themselves, and the bins that their times lie in.

    `bins` are packed (`harness.protocol.latency_bins`). `quantiles` are the QUANTILES of the worker's own
    times in nanoseconds, in journals that tell no more; now there are `bins`.
    """

    operations: int
    quantiles: tuple[float, float, float] | None = None
    bins: str = ""


@dataclass(frozen=True, slots=True)
class Growth:
    """The bytes and the descriptors by which a worker grew in the last `iterations` of its turns."""

    iterations: int
    memory: int
    descriptors: int


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """A timing worker's last message: its memory, its threads and the CPU time of its start.

    `startup` is the CPU time in nanoseconds from the process's start to its readiness. `peak` is in
    bytes: the highest resident size less that before the first iteration; None where the system does
    not tell. `threads` counts operating system threads after the last turn, the worker's own among
    them. `sketch` is of the turns that timed every iteration by itself; None where none did. `loop_class` is
    the class of the loop that it ran on.
    """

    startup: int
    peak: int | None
    threads: int
    sketch: LatencySketch | None = None
    loop_class: str = ""
    growth: Growth | None = None
    """How it grew in the second half of its turns; None where that is not known."""
    pyperf: str = ""
    """The worker's run as pyperf writes it, in records of the first method; now the parent writes it."""
