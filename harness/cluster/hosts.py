"""A host as the queue knows it."""

from dataclasses import dataclass

from harness.cluster.engine import Flight
from harness.records.entries import HostJoined
from harness.runner.units import Unit


@dataclass(slots=True)
class Host:
    """A host that is there: the job that it does, and, once it has said so, what it is."""

    address: str
    flight: Flight | None = None
    unit: Unit | None = None
    joined: HostJoined | None = None
    number: int | None = None
    refused: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether it does a job."""
        return self.flight is not None

    @property
    def is_free(self) -> bool:
        """Whether a unit can be sent to it."""
        return self.joined is not None and self.flight is None and not self.refused

    def release(self) -> None:
        """Have the engine forget the host's job."""
        if self.flight is not None:
            self.flight.release()
        self.flight = self.unit = None


def place_of(address: str) -> str:
    """Return the machine in an address of the engine's: several workers may be on one."""
    return address.rpartition("://")[2].rpartition(":")[0]
