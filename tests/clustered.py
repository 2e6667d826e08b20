"""A cluster of fakes: hosts that answer at once, are lost, forget, or say what they were not asked for."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.cluster.engine import Flight, Lost
from harness.cluster.hosts import place_of
from harness.cluster.jobs import Job, decode_job
from harness.cluster.queue import Queue
from harness.cluster.replies import encode_entries
from harness.records import store
from harness.records.entries import Entry, HostJoined
from harness.records.machine import Machine
from harness.runner import session
from harness.runner.session import Session
from harness.runner.state import RunState
from harness.runner.units import Unit
from tests.records import begun
from tests.unit_entries import PLAN, entries_of

RUN = begun(PLAN)
Answer = Callable[[Job], object]
"""What a host makes of a job: a reply, that it is lost, or None for as long as it is at work."""


CPUS = (2, 3)


def described(machine: Machine = RUN.machine, place: str = "", cpus: tuple[int, ...] = CPUS) -> bytes:
    return encode_entries([HostJoined(1, machine, place, cpus)])


def measured(job: Job) -> object:
    """Answer as an honest host does."""
    return measured_by(described())(job)


def measured_by(description: bytes) -> Answer:
    """Answer as an honest host does that says this of itself."""
    return lambda job: (
        encode_entries([*entries_of(Unit(job.benchmarks), 1.0)]) if job.benchmarks else description
    )


@dataclass(eq=False)
class FakeFlight:
    """A job on its way, whose host answers when it is looked at."""

    job: Job
    answer: Answer
    place: str
    released: bool = False

    def outcome(self) -> object | Lost | None:
        assert not self.released
        return self.answer(self.job)

    def release(self) -> None:
        self.released = True


@dataclass
class FakeEngine:
    """An engine of hosts by their addresses; each turn takes a second, and may change which are there."""

    answers: dict[str, Answer]
    is_complete: bool = True
    flights: list[FakeFlight] = field(default_factory=list)
    forgets: bool = False
    seconds: float = 0.0
    turns: int = 0
    at_turn: Callable[["FakeEngine"], None] = lambda _: None

    def hosts(self) -> frozenset[str]:
        return frozenset(self.answers)

    def submit(self, host: str, job: bytes) -> FakeFlight:
        flight = FakeFlight(decode_job(job), self.answers[host], place_of(host))
        self.flights.append(flight)
        return flight

    def forgotten(self, flights: Iterable[Flight]) -> set[Flight]:
        return {flight for flight in flights if self.forgets}

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.turns += 1
        assert self.turns < 3000, "the queue makes no progress"
        self.at_turn(self)

    def clock(self) -> float:
        return self.seconds

    def submitted(self, unit: Unit) -> int:
        return sum(flight.job.benchmarks == unit.benchmarks for flight in self.flights)


@contextmanager
def session_in(folder: Path) -> Iterator[Session]:
    """Begin a run that nothing is measured of yet."""
    with store.Journal(folder) as journal:
        journal.append(RUN)
        yield Session(folder, RunState(RUN), journal)


@dataclass
class Measured:
    """What a queue came to: the journal's entries, and what was announced."""

    entries: list[Entry]
    announced: list[str]


def measure(folder: Path, engine: FakeEngine, repeat_on: int = 1) -> Measured:
    """Have a queue measure a whole run on an engine of fakes."""
    announced: list[str] = []
    with session_in(folder) as begun_now:
        Queue(engine, begun_now, lambda _: None, announced.append, repeat_on, clock=engine.clock).measure()
    return Measured([*store.read_journal(folder)[1]], announced)


def go_on(folder: Path, engine: FakeEngine, repeat_on: int = 1) -> Measured:
    """Have a queue measure what is left of a run that was ended."""
    announced: list[str] = []
    going_on = session.resume(folder)
    with going_on.journal:
        Queue(engine, going_on, lambda _: None, announced.append, repeat_on, clock=engine.clock).measure()
    return Measured([*store.read_journal(folder)[1]], announced)


def other_machine() -> Machine:
    return replace(RUN.machine, cpu="another CPU")
