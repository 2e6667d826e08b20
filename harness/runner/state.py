"""Entries of a journal → the record: verdicts, timings, ledger, and the method's check on itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import get_args

from harness.analysis.intervals import surprising_count
from harness.analysis.judging import Seen, judge_among, reference_of
from harness.analysis.matching import matches
from harness.analysis.passes import with_passes
from harness.analysis.timings import RowRounds
from harness.analysis.verdicts import answer, expect
from harness.backends.backend import Backend
from harness.protocol.benchmarks import Promise, Row
from harness.protocol.descriptions import Description
from harness.protocol.observations import Observation, Sighting, observations
from harness.records.contrast import native_arm
from harness.records.entries import (
    Begun,
    Closed,
    Dropped,
    Entry,
    Finished,
    Observed,
    Paced,
    Played,
    PlayedBeside,
)
from harness.records.pace import AGAIN, ArmRound, Pace
from harness.records.passes import PassName
from harness.records.plan import Plan
from harness.records.record import Answered, Cell, Line, Record, Repeats
from harness.records.trials import Tried
from harness.records.verdict import Finding, Verdict
from harness.runner.passes import Pass, passes_of


class Tally:
    """What has been journaled so far, and what it means."""

    def __init__(self, begun: Begun, entries: Iterable[Entry] = ()) -> None:
        self.begun = begun
        self.plan: Plan = begun.plan
        self.sightings: dict[tuple[str, str], tuple[Sighting, ...]] = {}
        self.paces: dict[str, Pace] = {}
        self.rounds: dict[str, list[Played]] = defaultdict(list)
        self.beside: dict[tuple[str, PassName], list[Played]] = defaultdict(list)
        self.dropped: dict[tuple[str, str], Dropped] = {}
        self.finished: dict[str, str] = {}
        self.tried: list[Tried] = []
        self.closed: Closed | None = None
        self._findings: dict[tuple[str, str], Finding] = {}
        self._settled: dict[str, Line] = {}
        self._rows = {row.id: row for row in self.plan.rows}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take in one entry; a later one about the same thing replaces the earlier."""
        if isinstance(entry, Observed | Dropped):
            self._forget(entry.row)
        match entry:
            case Observed(row, backend, sightings):
                self.sightings[row, backend] = sightings
            case Paced(row, pace):
                self.paces[row] = pace
            case Played(row):
                self.rounds[row].append(entry)
            case PlayedBeside(beside, played):
                self.beside[played.row, beside].append(played)
            case Dropped(row, fault):
                self.dropped[row, fault.arm] = entry
            case Finished(row, because):
                self.finished[row] = because
                self._settle(row)
            case Tried():
                self.tried.append(entry)
            case Closed():
                self.closed = entry

    def reference(self, row: Row) -> Observation | None:
        """The observation that stands for what is not promised: the baseline's first, or the next best."""
        return reference_of(self._seen(row))

    def _seen(self, row: Row) -> Seen:
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
        twins = self.plan.natives(self._rows[row]) if row in self._rows else ()
        for name in (row, *(twin.id for twin, _ in twins)):
            for backend in self.plan.backends:
                self._findings.pop((name, backend.name), None)

    def finding(self, row: Row, backend: str) -> Finding:
        """The verdict on a case, as observed and as it was when timed; judged once until more is known."""
        case = (row.id, backend)
        if case not in self._findings:
            self._findings[case] = self._judged(row, backend)
        return self._findings[case]

    def _judged(self, row: Row, backend: str) -> Finding:
        python = self.begun.environment.python_of(backend)
        finding = judge_among(row, backend, python, self._seen(row))
        dropped = self.dropped.get((row.id, backend)) or self._dropped_elsewhere(row, backend)
        if dropped is not None and finding.has_number:
            return Finding(Verdict(dropped.verdict), dropped.fault.because, said=dropped.fault.said)
        return finding

    def timed_backends(self, row: Row) -> tuple[str, ...]:
        """The backends of a row that may be timed: those that returned what they should."""
        if not row.timed:
            return ()
        names = [backend.name for backend in self.plan.backends_of(row)]
        return tuple(
            name for name in names if self.finding(row, name).has_number and self._returns(row, name)
        )

    def timed_natives(self, row: Row) -> tuple[tuple[Row, Backend], ...]:
        """The native twins of a row that may take part in its rounds, and on which backends."""
        return tuple(
            (twin, backend)
            for twin, backend in self.plan.natives(row)
            if backend.name in self.timed_backends(twin)
        )

    def measured_in(self, row: Row) -> Row | None:
        """The row in whose rounds a native one takes part; None where it needs rounds of its own."""
        told = self.plan.told(row)
        return None if told is None or self.rounds[row.id] or not self.timed_backends(told) else told

    def _rows_measured_in(self, told: Row) -> tuple[Row, ...]:
        """The native rows that have no rounds but those of this row."""
        twins = dict.fromkeys(twin for twin, _ in self.plan.natives(told))
        return tuple(twin for twin in twins if self.measured_in(twin) is not None)

    def _dropped_elsewhere(self, row: Row, backend: str) -> Dropped | None:
        """How a native row was given up in the rounds of the row that it tells again."""
        told = self.plan.told(row)
        if told is None:
            return None
        arm = next(native_arm(one) for one in self.plan.backends if one.name == backend)
        return self.dropped.get((told.id, arm))

    def _returns(self, row: Row, backend: str) -> bool:
        looks = observations(self.sightings.get((row.id, backend), ()))
        return all(look.outcome.how == "returned" for look in looks)

    def expected(self, row: Row, backend: str) -> Promise:
        """The whole promise of a case."""
        return expect(row, backend, self.begun.environment.python_of(backend), self.reference(row))

    def unexpected_result(self, row: Row, part: ArmRound) -> Description | None:
        """A result that an arm returned after a value and that was not promised."""
        outcome = self._expected_of_arm(row, part.arm).outcome
        for value in (*part.warmups, *part.values):
            if value.result and outcome and not matches(outcome.what, value.result):
                return value.result
        return None

    def _expected_of_arm(self, row: Row, arm: str) -> Promise:
        for twin, backend in self.plan.natives(row):
            if arm == native_arm(backend):
                return self.expected(twin, backend.name)
        return self.expected(row, self.plan.baseline if arm == AGAIN else arm)

    def line(self, row: Row) -> Line:
        """A row of the record from what is known so far."""
        return self._settled.get(row.id) or self._line(row)

    def _line(self, row: Row) -> Line:
        rounds, told = self.row_rounds(row), self.measured_in(row)
        passes = {beside: self.pass_rounds(row, beside) for beside in get_args(PassName)}
        timings, again = with_passes(rounds.timings(), passes, rounds.helped()), rounds.again()
        cells = tuple(
            Cell(
                backend.name,
                self.finding(row, backend.name),
                self.sightings.get((row.id, backend.name), ()),
                timings.get(backend.name),
            )
            for backend in self.plan.backends_of(row)
        )
        return Line(
            row=row,
            cells=cells,
            pace=self.paces.get((told or row).id),
            rounds=len(rounds.played),
            finished=self.finished.get(row.id) or (f"measured in the rounds of {told.id}" if told else ""),
            again=again,
            again_excludes=rounds.again_excludes(),
            contrasts=rounds.contrasts(),
            measured_in=told.id if told else "",
        )

    def record(self) -> Record:
        """The record of everything so far."""
        lines = tuple(map(self.line, self.plan.rows))
        return Record(self.begun, lines, self._ledger(), _repeats(lines), self.closed, tuple(self.tried))

    def row_rounds(self, row: Row) -> RowRounds:
        """The row's rounds so far, and which of its backends have a number."""
        told = self.measured_in(row)
        played = self.rounds[row.id] if told is None else self._natively(row, told)
        natives = tuple(native_arm(backend) for _, backend in self.timed_natives(row))
        return RowRounds(row, self.plan, tuple(played), self.timed_backends(row), natives)

    def _natively(self, row: Row, told: Row) -> list[Played]:
        """The rounds of the row that this one tells again, with the native arms in the backends' places."""
        places = {native_arm(backend): backend.name for backend in self.plan.backends_of(row)}
        return [
            replace(played, row=row.id, arms=arms)
            for played in self.rounds[told.id]
            if (arms := tuple(replace(one, arm=places[one.arm]) for one in played.arms if one.arm in places))
        ]

    def pass_rounds(self, row: Row, beside: PassName) -> RowRounds:
        """The same of one of the row's passes."""
        return RowRounds(row, self.plan, tuple(self.beside[row.id, beside]), self.timed_backends(row))

    def passes(self, row: Row) -> tuple[Pass, ...]:
        """The row's passes, as far as its rounds show which it needs."""
        return passes_of(self.plan, row, self.paces.get(row.id), self.row_rounds(row).helped())

    def _ledger(self) -> tuple[Answered, ...]:
        return tuple(
            Answered(
                claim,
                row.id,
                tuple(
                    (backend.name, answer(claim, self.sightings.get((row.id, backend.name), ())))
                    for backend in self.plan.backends_of(row)
                ),
            )
            for row in self.plan.rows
            for claim in row.claims
        )


def _repeats(lines: Sequence[Line]) -> Repeats | None:
    again = [line for line in lines if line.again is not None and line.again.low is not None]
    if not again:
        return None
    excluding = sum(line.again_excludes for line in again)
    return Repeats(len(again), excluding, surprising_count(len(again)))
