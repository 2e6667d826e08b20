"""What a run that was ended and resumed has in common with an unbroken one."""

from collections import Counter
from pathlib import Path

from harness.records import store
from harness.records.entries import (
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    RoundMeasured,
    RunFinished,
    UnitBegun,
    UnitFinished,
)
from harness.records.record import Record


def table_of(record: Record) -> object:
    """A record without its figures: rows, verdicts and their evidence, rounds, and who has a number."""
    return [
        (
            line.benchmark.id,
            line.rounds,
            line.stop_reason,
            [(cell.backend, cell.verdict, cell.timing is not None) for cell in line.cases],
        )
        for line in record.results
    ]


def times_each(run: Path) -> Counter[tuple[str, ...]]:
    """How often each thing that is to happen once stands in a journal."""
    _, entries = store.read_journal(run)
    found: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        match entry:
            case CaseObserved(row, backend):
                found["observed", row, backend] += 1
            case RoundMeasured(row, number):
                found["played", row, str(number)] += 1
            case BenchmarkCalibrated(row) | BenchmarkFinished(row):
                found[type(entry).__name__, row] += 1
            case UnitBegun(rows) | UnitFinished(rows):
                found[type(entry).__name__, *rows] += 1
            case RunFinished():
                found["closed",] += 1
            case _:
                found["dropped",] += 1
    return found
