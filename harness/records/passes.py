"""What the passes over a benchmark found: latency of single operations, full collections, two CPUs."""

from dataclasses import dataclass
from typing import Literal

from harness.records.estimate import Estimate

PassName = Literal["latency", "collections", "threads", "rates", "connections", "instructions"]


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of one operation's time in seconds: each worker's own, over rounds; and over the baseline's.

    None where a worker timed too few operations; the ratio also for the baseline itself, and without one.
    """

    of: float
    seconds: Estimate | None
    ratio: Estimate | None

    @property
    def name(self) -> str:
        """`p99.9`."""
        return f"p{self.of * 100:g}"


@dataclass(frozen=True, slots=True)
class Latency:
    """The times of single operations; `operations` is the fewest that a worker timed."""

    operations: int
    quantiles: tuple[Quantile, ...]


@dataclass(frozen=True, slots=True)
class FullCollections:
    """What full garbage collections cost where none is made before the clock.

    `seconds` in them per iteration, their `share` of wall time, and how many (`count`) a worker saw in
    about a second. CPython 3.14.0 to 3.14.4 have none of themselves: there it is the collections with an
    increment of one.
    """

    seconds: Estimate
    share: Estimate
    count: Estimate


@dataclass(frozen=True, slots=True)
class Instructions:
    """The instructions of one iteration, and their ratio to the baseline's; None for the baseline itself.

    Each round has a hash seed of its own, equal for all backends and in every record; `samples` are the
    counts in the order of the rounds.
    """

    count: Estimate
    ratio: Estimate | None
    samples: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class OnTwoCpus:
    """A case's times per iteration on two CPUs, and its time ratio there, which nobody is judged by."""

    seconds: Estimate
    cpu: Estimate
    ratio: Estimate | None
