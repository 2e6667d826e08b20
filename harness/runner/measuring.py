"""Measures one unit of a run, and keeps what each of its benchmarks cost."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import astuple
from itertools import chain
from time import perf_counter

from harness.analysis.intervals import load_distributions
from harness.records.cost import BenchmarkCost
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    UnitBegun,
    UnitFinished,
)
from harness.runner import timing
from harness.runner.checking import check
from harness.runner.state import RunState
from harness.runner.units import Unit

Clock = Callable[[], float]


def load_statistics() -> None:
    """Import now what a timed unit otherwise imports when it needs its first interval."""
    load_distributions()


def measure_unit(
    run: RunState, unit: Unit, clock: Clock = perf_counter, host: int = 1
) -> Generator[Entry, None, None]:
    """Yield the entries of a unit as they come, from its begin to its costs.

    The caller adds each to the state before it asks for the next.
    """
    costs = CostMeter(unit, clock)
    yield UnitBegun(unit.benchmarks, host)
    with (
        closing(check(run, unit.benchmarks)) as observed,
        closing(timing.time(run, unit.benchmarks)) as timed,
    ):
        for entry in chain(observed, timed):
            costs.add(entry, calibrated=_is_calibrated(run, entry))
            yield entry
    yield UnitFinished(unit.benchmarks, tuple(costs.of_benchmarks()))


def _is_calibrated(run: RunState, entry: Entry) -> bool:
    """Decide whether an arm that is dropped was lost after its benchmark's calibration."""
    return isinstance(entry, ArmDropped) and run.of(entry.benchmark).settings is not None


class CostMeter:
    """Adds up the seconds of a unit's benchmarks: those before an entry went into what the entry is about."""

    def __init__(self, unit: Unit, clock: Clock = perf_counter) -> None:
        self._clock = clock
        self._before = clock()
        self._spent = {
            benchmark: dict.fromkeys(BenchmarkCost.__dataclass_fields__, 0.0) for benchmark in unit.benchmarks
        }

    def add(self, entry: Entry, *, calibrated: bool) -> None:
        """Count the seconds since the entry before; `calibrated` tells in what a dropped arm was lost."""
        now = self._clock()
        match entry:
            case CaseObserved(benchmark):
                self._spent[benchmark]["observing"] += now - self._before
            case BenchmarkCalibrated(benchmark):
                self._spent[benchmark]["calibrating"] += now - self._before
            case ArmDropped(benchmark):
                self._spent[benchmark]["rounds" if calibrated else "calibrating"] += now - self._before
            case PassRoundMeasured(_, measured):
                self._spent[measured.benchmark]["passes"] += now - self._before
            case RoundMeasured(benchmark) | BenchmarkFinished(benchmark):
                self._spent[benchmark]["rounds"] += now - self._before
        self._before = now

    def of_benchmarks(self) -> Iterator[BenchmarkCost]:
        """Yield each benchmark's cost so far, in the unit's order."""
        for spent in self._spent.values():
            yield BenchmarkCost(*(round(seconds, 3) for seconds in astuple(BenchmarkCost(**spent))))
