"""The matrix of a page: scenarios × backends, each cell a verdict and its figure."""

from dataclasses import dataclass

from harness.records.estimate import Judgement
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.report.formatting import (
    JUDGEMENT_MARKS,
    VERDICTS,
    format_excess,
    format_ratio,
    format_seconds,
)
from harness.report.tables.results import missing_cell_text

JUDGEMENT_SIGNS = {
    Judgement.FASTER: "▾",
    Judgement.SLOWER: "▴",
    **{judged: doubt.strip() for judged, doubt in JUDGEMENT_MARKS.items()},
}
"""A sign for every judgement: less time, more time, no clear difference, equal within the margin."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one cell shows; `case` names its evidence on the page."""

    anchor: str
    symbol: str
    verdict: str
    css_class: str
    figure: str
    bounds: str
    judgement_sign: str
    judgement: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row of the matrix: its number, its name, and for every backend an entry, or why it has none."""

    number: int
    name: str
    summary: str
    cells: tuple[MatrixCell | str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows over all backends, the baseline's column first."""

    backends: tuple[str, ...]
    families: tuple[tuple[str, tuple[MatrixRow, ...]], ...]


def case_anchor(line: int, backend: int) -> str:
    """The name of a case on the page: safe whatever scenarios and backends are called."""
    return f"case-{line}-{backend}"


def matrix(record: Record) -> Matrix:
    """The record's matrix, family by family in the order of its rows."""
    families: dict[str, list[MatrixRow]] = {}
    for number, line in enumerate(record.results, start=1):
        families.setdefault(line.benchmark.family, []).append(_band(record, number, line))
    return Matrix(backend_order(record), tuple((name, tuple(bands)) for name, bands in families.items()))


def backend_order(record: Record) -> tuple[str, ...]:
    """The record's backends, baseline first."""
    baseline = record.run.plan.baseline
    return (baseline, *(name for name in record.backends if name != baseline))


def _band(record: Record, number: int, line: BenchmarkResult) -> MatrixRow:
    cells = {cell.backend: cell for cell in line.cases}
    entries = (
        _entry(case_anchor(number, at), cells[name])
        if name in cells
        else missing_cell_text(record, line, name)
        for at, name in enumerate(backend_order(record), start=1)
    )
    return MatrixRow(number, line.benchmark.id, line.benchmark.summary, tuple(entries))


def _entry(case: str, cell: CaseResult) -> MatrixCell:
    verdict, timing = cell.verdict.kind, cell.timing
    figure, _, bounds = _figure(cell).partition(" [")
    judged = timing.judgement if timing else None
    return MatrixCell(
        anchor=case,
        symbol=VERDICTS[verdict].sign,
        verdict=str(verdict),
        css_class=VERDICTS[verdict].css_class,
        figure=figure,
        bounds=f"[{bounds}" if bounds else "",
        judgement_sign=JUDGEMENT_SIGNS[judged] if judged else "",
        judgement=str(judged or ""),
        flagged=bool(timing and timing.flags),
    )


def _figure(cell: CaseResult) -> str:
    """The ratio; where there is none, the time; of a story that sleeps, µs beyond its ideal."""
    timing = cell.timing
    if timing is None:
        return ""
    if timing.excess is not None:
        return format_excess(timing.excess)
    return format_ratio(timing.ratio) if timing.ratio is not None else format_seconds(timing.seconds)
