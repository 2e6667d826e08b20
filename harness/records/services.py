"""What the rounds of a service say beside the CPU time of its server: the client's side."""

from dataclasses import dataclass

from harness.records.estimate import Estimate

DRIVER_LIMIT = 0.9
"""The share of a batch's time for which its driver was busy, from which on the driver may be the limit."""


LATENCY_LOAD = 0.5
"""The rate at which latency is measured, as a share of what the slowest backend answered when calibrated."""

RATE_STEP = 1.1
"""The ratio of one rate to the next in a search for the highest."""

P99_BOUND = 0.010
"""The seconds of the 99th percentile up to which a service keeps up with the rate at which it is asked."""


@dataclass(frozen=True, slots=True)
class HighestRate:
    """The highest rate, in requests a second, at which p99 stayed below P99_BOUND, there and at all below.

    0 is none; `is_last` says that in some round no rate was too high. `ratio` is against the baseline's.
    """

    rate: Estimate
    ratio: Estimate | None
    is_last: bool


@dataclass(frozen=True, slots=True)
class ServiceMemory:
    """A service's resident bytes with the driver's few connections, and for each of a thousand more."""

    at_rest: Estimate
    per_connection: Estimate


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What a driver saw of a service that it asked as fast as it was answered.

    `seconds` is the wall time of a request, all connections together, and `ratio` that time against the
    baseline's; None for the baseline. `driver_share` is the share of that time for which the driver itself
    was busy, and `driver_seconds` its CPU time a request: it can ask no faster.
    What passes add is None without them.
    """

    seconds: Estimate
    ratio: Estimate | None
    driver_share: Estimate
    driver_seconds: Estimate
    highest_rate: HighestRate | None = None
    memory: ServiceMemory | None = None
    latency_rate: float | None = None
    """The requests that became due in a second where latency was measured; None where it was not."""

    @property
    def touches_the_driver(self) -> bool:
        """Whether the driver was so busy that the wall time may be its own, not the server's."""
        return self.driver_share.value >= DRIVER_LIMIT
