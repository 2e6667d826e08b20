"""What the rounds of a service say beside the CPU time of its server: the client's side."""

from dataclasses import dataclass

from harness.records.estimate import Estimate

DRIVER_LIMIT = 0.9
"""The share of a batch's time for which its driver was busy, from which on the driver may be the limit."""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What a driver saw of a service that it asked as fast as it was answered.

    `seconds` is the wall time of a request, all connections together, and `ratio` that time against the
    baseline's; None for the baseline. `driver_share` is the share of that time for which the driver itself
    was busy, and `driver_seconds` its CPU time a request: it can ask no faster.
    """

    seconds: Estimate
    ratio: Estimate | None
    driver_share: Estimate
    driver_seconds: Estimate

    @property
    def touches_the_driver(self) -> bool:
        """Whether the driver was so busy that the wall time may be its own, not the server's."""
        return self.driver_share.value >= DRIVER_LIMIT
