"""The matrix of a page: benchmarks × backends, each cell a verdict and its figure."""

from dataclasses import dataclass

from harness.records.estimate import Estimate, Judgement
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.report.formatting import (
    JUDGEMENT_MARKS,
    VERDICTS,
    Figure,
    excess_figure,
    ratio_figure,
    seconds_figure,
)
from harness.report.tables.results import missing_cell_text

JUDGEMENT_SIGNS = {
    Judgement.LESS_TIME: "▾",
    Judgement.MORE_TIME: "▴",
    **{judgement: mark.strip() for judgement, mark in JUDGEMENT_MARKS.items()},
}
"""The sign of every judgement: less time, more time, not resolved, equal within the margin."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one cell shows; `anchor` names the case's evidence on the page."""

    anchor: str
    symbol: str
    verdict: str
    css_class: str
    figure: Figure | None
    judgement_sign: str
    judgement: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A benchmark in the matrix: its number, its name, and for every backend a cell, or why it has none."""

    number: int
    name: str
    summary: str
    cells: tuple[MatrixCell | str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All benchmarks, family by family, over all backends, the baseline's column first."""

    backends: tuple[str, ...]
    families: tuple[tuple[str, tuple[MatrixRow, ...]], ...]


def case_anchor(benchmark: int, backend: int) -> str:
    """Return a case's name on the page, by numbers: safe whatever scenarios and backends are called."""
    return f"case-{benchmark}-{backend}"


def matrix(record: Record) -> Matrix:
    """Return the record's matrix, with its benchmarks in their order."""
    families: dict[str, list[MatrixRow]] = {}
    for number, result in enumerate(record.results, start=1):
        families.setdefault(result.benchmark.family, []).append(_row(record, number, result))
    return Matrix(backend_order(record), tuple((name, tuple(rows)) for name, rows in families.items()))


def backend_order(record: Record) -> tuple[str, ...]:
    """Return the record's backends, baseline first."""
    baseline = record.run.plan.baseline
    return (baseline, *(name for name in record.backends if name != baseline))


def _row(record: Record, number: int, result: BenchmarkResult) -> MatrixRow:
    cases = {case.backend: case for case in result.cases}
    cells = (
        _cell(case_anchor(number, column), cases[name])
        if name in cases
        else missing_cell_text(record, result, name)
        for column, name in enumerate(backend_order(record), start=1)
    )
    return MatrixRow(number, result.benchmark.id, result.benchmark.summary, tuple(cells))


def _cell(anchor: str, case: CaseResult) -> MatrixCell:
    verdict, timing = case.verdict.kind, case.timing
    judgement = timing.judgement if timing else None
    return MatrixCell(
        anchor=anchor,
        symbol=VERDICTS[verdict].sign,
        verdict=str(verdict),
        css_class=VERDICTS[verdict].css_class,
        figure=case_figure(timing.seconds, timing.ratio, timing.excess) if timing else None,
        judgement_sign=JUDGEMENT_SIGNS[judgement] if judgement else "",
        judgement=str(judgement or ""),
        flagged=bool(case.verdict.blemish or (timing and timing.flags)),
    )


def case_figure(seconds: Estimate | None, ratio: Estimate | None, excess: Estimate | None) -> Figure | None:
    """Return what a case shows: its time beyond its ideal where it sleeps, else its ratio, else its time.

    None where it has none of these. `excess` is in µs.
    """
    if excess is not None:
        return excess_figure(excess)
    if ratio is not None:
        return ratio_figure(ratio)
    return None if seconds is None else seconds_figure(seconds)
