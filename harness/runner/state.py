"""The state of a run: what its journal holds so far, benchmark by benchmark."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from harness.protocol.benchmarks import Benchmark
from harness.records.cost import BenchmarkCost
from harness.records.entries import (
    BenchmarkFinished,
    Entry,
    HostJoined,
    PassRoundMeasured,
    RunFinished,
    RunStarted,
    UnitBegun,
    UnitFinished,
)
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, Record
from harness.records.trials import TrialResult
from harness.runner.benchmark_state import BenchmarkEntry, BenchmarkState
from harness.runner.hosts import check_hosts, join_hosts, without_hosts
from harness.runner.record_builder import benchmark_result, claim_results, self_test_check
from harness.runner.twins import resolve_twins
from harness.runner.units import Unit, group_units


class RunState:
    """A run as its journal tells it: its plan, the state of each benchmark, and an audit's trials."""

    def __init__(self, run: RunStarted, entries: Iterable[Entry] = ()) -> None:
        self._begun = self._run = run
        self._planned = {
            planned.benchmark.id: planned
            for planned in resolve_twins(run.plan)
            if run.benchmarks is None or planned.benchmark.id in run.benchmarks
        }
        self._benchmarks: dict[str, BenchmarkState] = {}
        self._begin(self._planned, run)
        self._joined: list[HostJoined] = []
        self._hosts: dict[str, int] = {}
        self._costs: dict[str, BenchmarkCost] = {}
        self._results: dict[str, BenchmarkResult] = {}
        self._on_other_hosts: dict[str, tuple[BenchmarkResult, ...]] = {}
        self._trials: list[TrialResult] = []
        self._finished: RunFinished | None = None
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take in one entry; a later one about the same thing replaces the earlier."""
        match entry:
            case TrialResult():
                self._trials.append(entry)
            case RunFinished():
                self._finished = entry
            case PassRoundMeasured():
                self._add_to(entry.round.benchmark, entry)
            case UnitBegun():
                self._begin_unit(entry)
            case UnitFinished(benchmarks, costs):
                self._costs.update(zip(benchmarks, costs, strict=True))
            case HostJoined():
                self._joined.append(entry)
                self._run = self._run.joined_by(entry.machine)
            case RunStarted():
                pass
            case _:
                self._add_to(entry.benchmark, entry)

    def _begin(self, names: Iterable[str], run: RunStarted) -> None:
        """Have nothing of these benchmarks yet, which are planned."""
        for name in names:
            self._benchmarks[name] = BenchmarkState(self._planned[name], run, self._benchmarks)

    def _begin_unit(self, unit: UnitBegun) -> None:
        """Forget what a part of a unit came to, and have its cases judged by the machine of its host.

        What the whole unit came to on another host is kept beside it.
        """
        names = [name for name in unit.benchmarks if name in self._benchmarks]
        for name in names:
            self._keep_of_other_hosts(name, unit.host)
        self._begin(names, replace(self._run, machine=self._run.machine_of(unit.host)))
        for name in names:
            self._hosts[name] = unit.host
            self._results.pop(name, None)
            self._costs.pop(name, None)

    def _keep_of_other_hosts(self, name: str, host: int) -> None:
        """Keep what a benchmark came to on all hosts but this one, where its unit was finished there."""
        kept = self._on_other_hosts.get(name, ())
        if self._run.hosts and name in self._costs:
            kept = (*kept, self._on_its_host(self.of(name)))
        self._on_other_hosts[name] = tuple(each for each in kept if each.measured_on != str(host))

    def _add_to(self, name: str, entry: BenchmarkEntry) -> None:
        """Hand an entry on to its benchmark; a journal may name one that is not planned, if it was edited."""
        if (state := self._benchmarks.get(name)) is not None:
            state.add(entry)
            if isinstance(entry, BenchmarkFinished):
                self._settle(state)

    def _settle(self, finished: BenchmarkState) -> None:
        """Keep the result of a finished benchmark, and of twins measured with it, instead of its rounds."""
        measured = [twin for twin in finished.twins if twin.measured_in() is finished]
        for state in (*measured, finished):
            self._results[state.benchmark.id] = benchmark_result(state)
        finished.release_rounds()

    @property
    def run(self) -> RunStarted:
        """What was fixed before the first observation, and the hosts that have joined since."""
        return self._run

    @property
    def begun(self) -> RunStarted:
        """What was fixed before the first observation, as the journal begins."""
        return self._begun

    @property
    def plan(self) -> Plan:
        """The run's plan."""
        return self._run.plan

    @property
    def joined(self) -> Sequence[HostJoined]:
        """The hosts that have joined, in the order of their numbers."""
        return self._joined

    @property
    def finished(self) -> RunFinished | None:
        """The run's end; None while it goes on."""
        return self._finished

    @property
    def trials(self) -> Sequence[TrialResult]:
        """What an audit has tried so far, in that order."""
        return self._trials

    @property
    def benchmarks(self) -> tuple[BenchmarkState, ...]:
        """The state of each benchmark, in the plan's order."""
        return tuple(self._benchmarks.values())

    def of(self, benchmark: Benchmark | str) -> BenchmarkState:
        """Return the state of a benchmark, given itself or its id. Raises KeyError if it is not planned."""
        return self._benchmarks[benchmark if isinstance(benchmark, str) else benchmark.id]

    @property
    def timed(self) -> tuple[BenchmarkState, ...]:
        """The benchmarks that may have rounds of their own; those that may take part in others' come last."""
        timed = [state for state in self.benchmarks if state.benchmark.timed]
        return tuple(sorted(timed, key=lambda state: state.host is not None))

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units of the run: those that have nothing to be timed come first."""
        units = group_units(self._planned.values())
        return tuple(sorted(units, key=lambda unit: self.of(unit.name).benchmark.timed))

    def is_measured(self, unit: Unit) -> bool:
        """Decide whether all of a unit has been observed and timed."""
        if unit.name in self._costs:
            return True
        states = [self.of(name) for name in unit.benchmarks]
        return all(map(_is_whole, states))

    def hosts_of(self, unit: Unit) -> tuple[int, ...]:
        """Return the numbers of the hosts on which all of a unit has been observed and timed.

        The host is 0 where it has no number.
        """
        measured = self.result(self.of(unit.name).benchmark).on_hosts if self.is_measured(unit) else ()
        return tuple(int(each.measured_on or 0) for each in measured)

    @property
    def observed_cases(self) -> int:
        """The number of cases that have been observed."""
        return sum(state.is_observed(backend.name) for state in self.benchmarks for backend in state.backends)

    def result(self, benchmark: Benchmark) -> BenchmarkResult:
        """Return what a benchmark has come to so far, on every host that measured it."""
        others = self._on_other_hosts.get(benchmark.id, ())
        return join_hosts((*others, self._on_its_host(self.of(benchmark))))

    def _on_its_host(self, state: BenchmarkState) -> BenchmarkResult:
        """Return what a benchmark has come to so far on the host that it was begun on last."""
        name = state.benchmark.id
        result = self._results.get(name) or benchmark_result(state)
        host = self._hosts.get(name) if self._run.hosts else None
        measured_on = None if host is None else str(host)
        return replace(result, cost=self._costs.get(name), measured_on=measured_on)

    def record(self) -> Record:
        """Return the record of everything so far."""
        measured = [self.result(state.benchmark) for state in self.benchmarks]
        hosts = check_hosts(self._run, measured)
        results = without_hosts(measured, [host.number for host in hosts if host.left_out])
        return Record(
            run=self._run,
            results=results,
            ledger=tuple(chain.from_iterable(map(claim_results, results))),
            self_test=self_test_check(list(chain.from_iterable(result.on_hosts for result in results))),
            finished=self._finished,
            trials=tuple(self._trials),
            hosts=hosts,
        )


def _is_whole(state: BenchmarkState) -> bool:
    """Decide whether a benchmark of a journal without units has been observed and, if it may be, timed."""
    observed = all(state.is_observed(backend.name) for backend in state.backends)
    host = state.measured_in()
    timed = not state.benchmark.timed or (host or state).stop_reason is not None
    return observed and timed
