"""Entries of a journal → the record: verdicts, timings, ledger, and the method's check on itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import get_args

from harness.analysis.intervals import binomial_quantile
from harness.analysis.judging import ObservationsByBackend, judge_among, reference_of
from harness.analysis.matching import matches
from harness.analysis.passes import add_pass_results
from harness.analysis.timings import BenchmarkSamples
from harness.analysis.verdicts import evaluate_claim, expected_promise
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Benchmark, Promise
from harness.protocol.descriptions import Description
from harness.protocol.observations import Observation, ProcessObservations, distinct_observations
from harness.records.contrast import native_arm
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
    RunStarted,
)
from harness.records.pace import SELF_TEST_ARM, ArmRound, RoundSettings
from harness.records.passes import PassName
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult, ClaimResults, Record, SelfTestCheck
from harness.records.trials import TrialResult
from harness.records.verdict import CaseVerdict, Verdict
from harness.runner.passes import Pass, passes_for


class RunState:
    """What has been journaled so far, and what it means."""

    def __init__(self, begun: RunStarted, entries: Iterable[Entry] = ()) -> None:
        self.begun = begun
        self.plan: Plan = begun.plan
        self.sightings: dict[tuple[str, str], tuple[ProcessObservations, ...]] = {}
        self.paces: dict[str, RoundSettings] = {}
        self.rounds: dict[str, list[RoundMeasured]] = defaultdict(list)
        self.beside: dict[tuple[str, PassName], list[RoundMeasured]] = defaultdict(list)
        self.dropped: dict[tuple[str, str], ArmDropped] = {}
        self.finished: dict[str, str] = {}
        self.tried: list[TrialResult] = []
        self.closed: RunFinished | None = None
        self._findings: dict[tuple[str, str], CaseVerdict] = {}
        self._settled: dict[str, BenchmarkResult] = {}
        self._rows = {row.id: row for row in self.plan.benchmarks}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take in one entry; a later one about the same thing replaces the earlier."""
        if isinstance(entry, CaseObserved | ArmDropped):
            self._forget(entry.benchmark)
        match entry:
            case CaseObserved(row, backend, sightings):
                self.sightings[row, backend] = sightings
            case BenchmarkCalibrated(row, pace):
                self.paces[row] = pace
            case RoundMeasured(row):
                self.rounds[row].append(entry)
            case PassRoundMeasured(beside, played):
                self.beside[played.benchmark, beside].append(played)
            case ArmDropped(row, fault):
                self.dropped[row, fault.arm] = entry
            case BenchmarkFinished(row, because):
                self.finished[row] = because
                self._settle(row)
            case TrialResult():
                self.tried.append(entry)
            case RunFinished():
                self.closed = entry

    def reference(self, row: Benchmark) -> Observation | None:
        """The observation that stands for what is not promised: the baseline's first, or the next best."""
        return reference_of(self._seen(row))

    def _seen(self, row: Benchmark) -> ObservationsByBackend:
        names = (backend.name for backend in self.plan.backends_of(row))
        return {name: self.sightings.get((row.id, name), ()) for name in names}

    def _settle(self, name: str) -> None:
        """Keep a finished row as its line: its rounds are in the journal, and would fill the memory.

        So with the native rows that had no rounds but these.
        """
        if name in self._rows:
            finished = self._rows[name]
            for row in (*self._rows_measured_in(finished), finished):
                self._settled[row.id] = self._line(row)
            self.rounds.pop(name, None)
            for beside in get_args(PassName):
                self.beside.pop((name, beside), None)

    def _forget(self, row: str) -> None:
        """A row's verdicts are judged anew: what is not promised is what the baseline was seen to do.

        So are those of its native twins, which may have been given up in its rounds.
        """
        twins = self.plan.native_twins(self._rows[row]) if row in self._rows else ()
        for name in (row, *(twin.id for twin, _ in twins)):
            for backend in self.plan.backends:
                self._findings.pop((name, backend.name), None)

    def finding(self, row: Benchmark, backend: str) -> CaseVerdict:
        """The verdict on a case, as observed and as it was when timed; judged once until more is known."""
        case = (row.id, backend)
        if case not in self._findings:
            self._findings[case] = self._judged(row, backend)
        return self._findings[case]

    def _judged(self, row: Benchmark, backend: str) -> CaseVerdict:
        python = self.begun.machine.python_of(backend)
        finding = judge_among(row, backend, python, self._seen(row))
        dropped = self.dropped.get((row.id, backend)) or self._dropped_elsewhere(row, backend)
        if dropped is not None and finding.has_number:
            return CaseVerdict(
                Verdict(dropped.verdict), dropped.failure.reason, output=dropped.failure.output
            )
        return finding

    def timed_backends(self, row: Benchmark) -> tuple[str, ...]:
        """The backends of a row that may be timed: those that returned what they should."""
        if not row.timed:
            return ()
        names = [backend.name for backend in self.plan.backends_of(row)]
        return tuple(
            name for name in names if self.finding(row, name).has_number and self._returns(row, name)
        )

    def timed_natives(self, row: Benchmark) -> tuple[tuple[Benchmark, Backend], ...]:
        """The native twins of a row that may take part in its rounds, and on which backends."""
        return tuple(
            (twin, backend)
            for twin, backend in self.plan.native_twins(row)
            if backend.name in self.timed_backends(twin)
        )

    def measured_in(self, row: Benchmark) -> Benchmark | None:
        """The row in whose rounds a native one takes part; None where it needs rounds of its own."""
        told = self.plan.twin_of(row)
        return None if told is None or self.rounds[row.id] or not self.timed_backends(told) else told

    def _rows_measured_in(self, told: Benchmark) -> tuple[Benchmark, ...]:
        """The native rows that have no rounds but those of this row."""
        twins = dict.fromkeys(twin for twin, _ in self.plan.native_twins(told))
        return tuple(twin for twin in twins if self.measured_in(twin) is not None)

    def _dropped_elsewhere(self, row: Benchmark, backend: str) -> ArmDropped | None:
        """How a native row was given up in the rounds of the row that it tells again."""
        told = self.plan.twin_of(row)
        if told is None:
            return None
        arm = next(native_arm(one) for one in self.plan.backends if one.name == backend)
        return self.dropped.get((told.id, arm))

    def _returns(self, row: Benchmark, backend: str) -> bool:
        looks = distinct_observations(self.sightings.get((row.id, backend), ()))
        return all(look.outcome.how == "returned" for look in looks)

    def expected(self, row: Benchmark, backend: str) -> Promise:
        """The whole promise of a case."""
        return expected_promise(row, backend, self.begun.machine.python_of(backend), self.reference(row))

    def unexpected_result(self, row: Benchmark, part: ArmRound) -> Description | None:
        """A result that an arm returned after a value and that was not promised."""
        outcome = self._expected_of_arm(row, part.arm).outcome
        for value in (*part.warmups, *part.values):
            if value.result and outcome and not matches(outcome.what, value.result):
                return value.result
        return None

    def _expected_of_arm(self, row: Benchmark, arm: str) -> Promise:
        for twin, backend in self.plan.native_twins(row):
            if arm == native_arm(backend):
                return self.expected(twin, backend.name)
        return self.expected(row, self.plan.baseline if arm == SELF_TEST_ARM else arm)

    def line(self, row: Benchmark) -> BenchmarkResult:
        """A row of the record from what is known so far."""
        return self._settled.get(row.id) or self._line(row)

    def _line(self, row: Benchmark) -> BenchmarkResult:
        rounds, told = self.row_rounds(row), self.measured_in(row)
        passes = {beside: self.pass_rounds(row, beside) for beside in get_args(PassName)}
        timings, again = (
            add_pass_results(rounds.timings(), passes, rounds.with_helper_threads()),
            rounds.self_test_ratio(),
        )
        cells = tuple(
            CaseResult(
                backend.name,
                self.finding(row, backend.name),
                self.sightings.get((row.id, backend.name), ()),
                timings.get(backend.name),
            )
            for backend in self.plan.backends_of(row)
        )
        return BenchmarkResult(
            benchmark=row,
            cases=cells,
            settings=self.paces.get((told or row).id),
            rounds=len(rounds.rounds),
            stop_reason=self.finished.get(row.id) or (f"measured in the rounds of {told.id}" if told else ""),
            self_test=again,
            self_test_differs=rounds.self_test_differs(),
            contrasts=rounds.contrasts(),
            measured_in=told.id if told else "",
        )

    def record(self) -> Record:
        """The record of everything so far."""
        lines = tuple(map(self.line, self.plan.benchmarks))
        return Record(self.begun, lines, self._ledger(), _repeats(lines), self.closed, tuple(self.tried))

    def row_rounds(self, row: Benchmark) -> BenchmarkSamples:
        """The row's rounds so far, and which of its backends have a number."""
        told = self.measured_in(row)
        played = self.rounds[row.id] if told is None else self._natively(row, told)
        natives = tuple(native_arm(backend) for _, backend in self.timed_natives(row))
        return BenchmarkSamples(row, self.plan, tuple(played), self.timed_backends(row), natives)

    def _natively(self, row: Benchmark, told: Benchmark) -> list[RoundMeasured]:
        """The rounds of the row that this one tells again, with the native arms in the backends' places."""
        places = {native_arm(backend): backend.name for backend in self.plan.backends_of(row)}
        return [
            replace(played, benchmark=row.id, arms=arms)
            for played in self.rounds[told.id]
            if (arms := tuple(replace(one, arm=places[one.arm]) for one in played.arms if one.arm in places))
        ]

    def pass_rounds(self, row: Benchmark, beside: PassName) -> BenchmarkSamples:
        """The same of one of the row's passes."""
        return BenchmarkSamples(row, self.plan, tuple(self.beside[row.id, beside]), self.timed_backends(row))

    def passes(self, row: Benchmark) -> tuple[Pass, ...]:
        """The row's passes, as far as its rounds show which it needs."""
        return passes_for(self.plan, row, self.paces.get(row.id), self.row_rounds(row).with_helper_threads())

    def _ledger(self) -> tuple[ClaimResults, ...]:
        return tuple(
            ClaimResults(
                claim,
                row.id,
                tuple(
                    (backend.name, evaluate_claim(claim, self.sightings.get((row.id, backend.name), ())))
                    for backend in self.plan.backends_of(row)
                ),
            )
            for row in self.plan.benchmarks
            for claim in row.claims
        )


def _repeats(lines: Sequence[BenchmarkResult]) -> SelfTestCheck | None:
    again = [line for line in lines if line.self_test is not None and line.self_test.low is not None]
    if not again:
        return None
    excluding = sum(line.self_test_differs for line in again)
    return SelfTestCheck(len(again), excluding, binomial_quantile(len(again)))
