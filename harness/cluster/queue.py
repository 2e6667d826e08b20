"""A queue of units over hosts: every unit is measured whole on a host, and journaled as it comes back."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from harness.cluster.engine import Engine, Flight, Lost
from harness.cluster.hosts import Host
from harness.cluster.jobs import JobWriter, TravellingFiles
from harness.cluster.places import Places
from harness.cluster.replies import Refused, host_of, unit_of
from harness.cluster.unmeasured import unmeasured_unit
from harness.errors import BadInput, LoopcmpError
from harness.records.entries import Entry, HostJoined, UnitBegun
from harness.records.machine import Machine
from harness.records.store import resume_command
from harness.runner.joining import number_before, why_no_host
from harness.runner.session import Session, Show, join_host
from harness.runner.units import Unit

MOST_ATTEMPTS = 3
"""How often a unit is begun before it is given up: the unit itself may be what ends its hosts."""

WITHOUT_HOSTS = 600.0
"""The seconds without any host after which a run stops."""

TICK = 1.0
"""The seconds between two looks at which hosts there are."""

_CHECKS_APART = 15.0
"""The seconds between two questions whether the engine still knows of every job."""


rest = time.sleep
"""Waits where the engine itself cannot be asked to."""


class NoHosts(LoopcmpError):
    """No host can measure what is left."""

    exit_code = 3


@dataclass(slots=True)
class Queue:
    """The units that are left, each as often as it is wanted, and the hosts that they are measured on."""

    engine: Engine
    session: Session
    show: Show
    announce: Callable[[str], None]
    repeat_on: int = 1
    files: TravellingFiles = ()
    clock: Callable[[], float] = time.monotonic
    _jobs: JobWriter = field(init=False)
    _waiting: deque[Unit] = field(default_factory=deque)
    _attempts: Counter[Unit] = field(default_factory=Counter)
    _hosts: dict[str, Host] = field(default_factory=dict)
    _places: Places = field(init=False)
    _kind: Machine | None = None
    _suspects: set[Flight] = field(default_factory=set)
    _checked: float = 0.0
    _last_useful_at: float = 0.0

    def __post_init__(self) -> None:
        self._jobs = JobWriter(self.session.state.begun, self.files)
        self._places = Places(one_machine=self.engine.is_complete)

    def measure(self) -> None:
        """Measure every unit that is left. Raises NoHosts where that cannot be done."""
        self._number_first_machine()
        self._places.add_measured(self.session.state)
        self._waiting.extend(self.session.unmeasured_units(self.repeat_on))
        self._last_useful_at = self._checked = self.clock()
        try:
            while self._waiting or self._units_on_hosts():
                self._step()
        finally:
            for host in self._hosts.values():
                host.release()

    def _number_first_machine(self) -> None:
        """Give the machine that began a run its number as a host, where it has measured units of it."""
        state = self.session.state
        if not state.run.hosts and any(map(state.is_measured, state.units)):
            join_host(self.session, HostJoined(1, state.run.machine))

    def _step(self) -> None:
        """Take in what has come back, send what is waiting, and wait for more."""
        try:
            self._meet(self.engine.hosts())
            self._collect()
            self._send()
            self._look_for_forgotten()
            self._check_patience()
            self.engine.wait(TICK)
        except OSError as error:
            self._meet(())
            self._check_patience()
            self.announce(f"the cluster cannot be reached: {error or type(error).__name__}")
            rest(TICK)

    def _units_on_hosts(self) -> bool:
        return any(host.unit is not None for host in self._hosts.values())

    def _meet(self, addresses: Iterable[str]) -> None:
        """Ask new hosts what they are, and take back the units of those that have gone."""
        present = frozenset(addresses)
        for address in [*self._hosts]:
            if address not in present:
                self._give_back_unit(self._hosts.pop(address), "its host has gone")
        for address in sorted(present - self._hosts.keys()):
            host = self._hosts[address] = Host(address)
            host.flight = self.engine.submit(address, self._jobs.describing())

    def _give_back_unit(self, host: Host, reason: str, *, begun: bool = True) -> None:
        """Release a host's job; its unit waits again, or is journaled as unmeasured after MOST_ATTEMPTS."""
        unit = host.unit
        host.release()
        if unit is None:
            return
        self._places.remove(unit, host)
        self._attempts[unit] += int(begun)
        if self._attempts[unit] < MOST_ATTEMPTS:
            self.announce(f"{unit.name} begins again: {reason}")
            self._waiting.appendleft(unit)
        else:
            why = f"it was begun {MOST_ATTEMPTS} times and never measured: {reason}"
            self._journal_unit(host, unmeasured_unit(self.session.state, unit, why))

    def _collect(self) -> None:
        for host in [*self._hosts.values()]:
            outcome = None if host.flight is None else host.flight.outcome()
            if outcome is not None:
                self._take(host, outcome)

    def _take(self, host: Host, outcome: object) -> None:
        """Take in what has come back from a host."""
        if isinstance(outcome, Lost):
            self._lose(host, outcome.reason)
            return
        try:
            if host.unit is None:
                self._take_description(host, host_of(outcome, host.address))
            else:
                run = self.session.state.run
                self._take_unit(host, host.unit, unit_of(outcome, host.unit, run, host.address))
        except BadInput as error:
            self._refuse(host, str(error))

    def _lose(self, host: Host, reason: str) -> None:
        """Have the host's job done again: by others if it is a unit."""
        if host.unit is None:
            del self._hosts[host.address]  # it is met anew if it is there
        self._give_back_unit(host, reason)

    def _take_description(self, host: Host, answer: HostJoined | Refused) -> None:
        host.release()
        run = self.session.state.run
        kind = run.hosts[0] if run.hosts else self._kind
        if isinstance(answer, Refused):
            self._refuse(host, answer.reason)
        elif why := why_no_host(run, kind, answer.machine):
            self._refuse(host, why)
        else:
            taken = [other.number for other in self._hosts.values() if other.number is not None]
            host.number = number_before(answer, self.session.state.joined, taken)
            host.joined, self._kind = answer, self._kind or answer.machine

    def _take_unit(self, host: Host, unit: Unit, answer: tuple[Entry, ...] | Refused) -> None:
        if isinstance(answer, Refused) and answer.of_run:
            self._refuse(host, answer.reason, begun=False)
        elif isinstance(answer, Refused):
            self._give_back_unit(host, answer.reason)
        else:
            host.release()
            self._journal_unit(host, answer)
            self._places.add(unit, host)  # which may have a number only now

    def _journal_unit(self, host: Host, entries: Iterable[Entry]) -> None:
        """Write a unit to the journal, under the number of its host."""
        assert host.joined is not None
        host.number = host.number or join_host(self.session, host.joined)
        numbered = [
            replace(entry, host=host.number) if isinstance(entry, UnitBegun) else entry for entry in entries
        ]
        self.session.journal.append_unit(numbered)
        for entry in numbered:
            self.session.state.add(entry)
            self.show(entry)

    def _refuse(self, host: Host, why: str, *, begun: bool = True) -> None:
        """Send nothing more to a host, and say why."""
        self.announce(f"{host.address} takes no part: {why}")
        self._give_back_unit(host, "its host was refused", begun=begun)
        host.refused = why

    def _send(self) -> None:
        for host in self._hosts.values():
            if host.is_free and (unit := self._next_for(host)) is not None:
                self._waiting.remove(unit)
                self._places.add(unit, host)
                host.unit = unit
                host.flight = self.engine.submit(host.address, self._jobs.measuring(unit))

    def _next_for(self, host: Host) -> Unit | None:
        """Return the first waiting unit that is neither measured nor being measured where this host is."""
        return next((unit for unit in self._waiting if self._places.is_new(unit, host)), None)

    def _look_for_forgotten(self) -> None:
        """Have jobs done again that the engine has forgotten, as two looks in a row say."""
        if self.clock() - self._checked < _CHECKS_APART:
            return
        self._checked = self.clock()
        flights = [host.flight for host in self._hosts.values() if host.flight is not None]
        forgotten = self.engine.forgotten(flights)
        for host in [*self._hosts.values()]:
            if host.flight in forgotten & self._suspects:
                self._lose(host, "the engine had forgotten it")
        self._suspects = forgotten

    def _check_patience(self) -> None:
        """Raise NoHosts where no host is there that can measure, and none is to be expected."""
        hosts = self._hosts.values()
        if any(host.is_busy or (host.is_free and self._next_for(host)) for host in hosts):
            self._last_useful_at = self.clock()
            return
        refused = [host.refused for host in hosts if host.refused]
        if self.engine.is_complete and self._waiting and hosts:
            raise self._no_hosts(
                f"no host can go on with this run: {refused[0] if refused else self._too_few()}"
            )
        if self.clock() - self._last_useful_at >= WITHOUT_HOSTS:
            raise self._no_hosts(f"there was no host for {WITHOUT_HOSTS / 60:g} minutes that could go on")

    def _no_hosts(self, why: str) -> NoHosts:
        return NoHosts(f"{why}; {resume_command(self.session.folder)} finishes it, with --cluster or without")

    def _too_few(self) -> str:
        return f"--repeat-on {self.repeat_on} needs so many hosts, and {len(self._hosts)} are there"
