"""What the journal says of a unit that no host could measure: each of its cases could not be measured."""

from collections.abc import Iterator

from harness.protocol.observations import ProcessObservations
from harness.records.cost import BenchmarkCost
from harness.records.entries import CaseObserved, Entry, UnitBegun, UnitFinished
from harness.records.plan import PROCESSES
from harness.runner.state import RunState
from harness.runner.units import Unit


def unmeasured_unit(state: RunState, unit: Unit, reason: str) -> tuple[Entry, ...]:
    """Return the entries of such a unit: every case was seen to do nothing, for this reason."""
    processes = (ProcessObservations(unmeasured=reason),) * PROCESSES
    costs = tuple(BenchmarkCost() for _ in unit.benchmarks)
    return (UnitBegun(unit.benchmarks), *_cases(state, unit, processes), UnitFinished(unit.benchmarks, costs))


def _cases(state: RunState, unit: Unit, processes: tuple[ProcessObservations, ...]) -> Iterator[CaseObserved]:
    for name in unit.benchmarks:
        for backend in state.of(name).backends:
            yield CaseObserved(name, backend.name, processes)
