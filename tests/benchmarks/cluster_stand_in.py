"""What stands for the engine of a cluster and for two hosts where only the submitter is looked at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.cluster.engine import Flight
from harness.cluster.jobs import unit_of
from harness.cluster.replies import encode_entries
from harness.protocol.benchmarks import Benchmark
from harness.records.cost import BenchmarkCost
from harness.records.entries import Entry, HostJoined, RunStarted, UnitBegun, UnitFinished


@dataclass
class StandIn:
    """Stands for the engine and for two hosts of it, which answer at once and measure nothing."""

    run: RunStarted
    answer: Callable[[Benchmark], Iterable[Entry]]
    is_complete: bool = True

    def hosts(self) -> frozenset[str]:
        return frozenset({"stand-in 1", "stand-in 2"})

    def submit(self, host: str, job: bytes) -> "Answered":
        assert host in self.hosts()
        unit = unit_of(job)
        if not unit:
            return Answered(encode_entries([HostJoined(1, self.run.machine)]))
        names = tuple(benchmark.id for benchmark in unit)
        parts = (part for benchmark in unit for part in self.answer(benchmark))
        costs = (BenchmarkCost(1.0),) * len(unit)
        return Answered(encode_entries([UnitBegun(names), *parts, UnitFinished(names, costs)]))

    def forgotten(self, flights: Iterable[Flight]) -> set[Flight]:
        return {flight for flight in flights if not isinstance(flight, Answered)}

    def wait(self, seconds: float) -> None:
        """Wait for nothing: all has been answered."""


@dataclass(frozen=True)
class Answered:
    """A job that is done when it is submitted."""

    reply: bytes

    def outcome(self) -> bytes:
        return self.reply

    def release(self) -> None:
        """Keep it: nobody else has it."""
