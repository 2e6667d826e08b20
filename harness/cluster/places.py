"""Where units are measured or have been: a unit that is repeated goes to each machine or host once."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.cluster.hosts import Host, place_of
from harness.records.entries import HostJoined
from harness.runner.state import RunState
from harness.runner.units import Unit


@dataclass(slots=True)
class Places:
    """The places of each unit: machines, or, where one machine plays all hosts, each of these.

    A place is known by its address, and, since a run may go on elsewhere, by what hosts say of themselves.
    """

    one_machine: bool
    _places: defaultdict[Unit, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add_measured(self, state: RunState) -> None:
        """Add where units have been measured before this queue began."""
        for unit in state.units:
            numbers = state.hosts_of(unit)
            for host in state.joined:
                if host.number in numbers:
                    self._places[unit].update(self._lasting(host, host.number))

    def add(self, unit: Unit, host: Host) -> None:
        """Add where a unit is measured from now on."""
        self._places[unit] |= self._of(host)

    def remove(self, unit: Unit, host: Host) -> None:
        """Remove where a unit was to be measured, and was not."""
        self._places[unit] -= self._of(host)

    def is_new(self, unit: Unit, host: Host) -> bool:
        """Whether a unit is not measured, and has not been, where a host is."""
        return self._places[unit].isdisjoint(self._of(host))

    def _of(self, host: Host) -> set[str]:
        assert host.joined is not None
        address = host.address if self.one_machine else place_of(host.address)
        return {address, *self._lasting(host.joined, host.number)}

    def _lasting(self, host: HostJoined, number: int | None) -> Iterator[str]:
        """Yield what a place is known by when a run goes on; nothing where it is not known any more."""
        if not self.one_machine and host.place:
            yield host.place
        if self.one_machine and number is not None:
            yield f"host {number}"
