"""The tables of what the passes of a record gave: a row for each case that they say something of."""

from collections.abc import Iterator

from harness.analysis.passes.contract import Brief, Cell, PassTable
from harness.records.passes import PassFigure
from harness.records.record import BenchmarkResult, Record, Timing
from harness.records.units import Unit
from harness.report.backend_names import shown_names
from harness.report.formatting import format_duration, format_in
from harness.report.tables.table import Table, names, numbers

_CASE = names("benchmark", "backend")
"""The columns that name a case."""


def pass_table(record: Record, shape: PassTable) -> Table | None:
    """Return a table of what passes say; None where they say nothing of any case."""
    shown = [
        (timing, (result.benchmark.id, name, *map(_text, cells)))
        for result, name, timing in _timed(record)
        if (cells := shape.row(timing)) is not None
    ]
    if not shown:
        return None
    notes = dict.fromkeys(note for timing, _ in shown for note in shape.notes_of(timing))
    heads, rows = (*_CASE, *numbers(*shape.heads)), tuple(row for _, row in shown)
    return Table(shape.title, heads, rows, (*notes, *shape.notes))


def _timed(record: Record) -> Iterator[tuple[BenchmarkResult, str, Timing]]:
    """Yield every case that has a number: its result, the name of its backend, and its timing."""
    shown = shown_names(record.backends)
    for result in record.results:
        for cell in result.cases:
            if cell.timing is not None:
                yield result, shown[cell.backend], cell.timing


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case PassFigure(estimate, unit):
            return format_in(estimate, unit)
        case Brief(value, Unit.SECONDS):
            return format_duration(value)
        case Brief(value, Unit.PER_SECOND, at_least):
            return f"{'> ' if at_least else ''}{value:,.0f} a second"
        case Brief(value):
            return f"{value:g}"
