"""Tables of a scenario's page: a benchmark over time, a line for each record, newest first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from harness.records.verdict import Verdict
from harness.report.backend_names import shown_names
from harness.report.formatting import Figure
from harness.report.html.matrix import case_figure
from harness.report.site.history import CaseHistory, DataPoint
from harness.report.site.sparkline import Sparkline, sparkline
from harness.report.site.summary import MachineSummary, RecordSummary
from harness.report.verdict_signs import VERDICTS

NEWEST = 100
"""The most records that a table shows; the JSON has them all."""


@dataclass(frozen=True, slots=True)
class CaseCell:
    """A case in a table: its sign and style, its figure, its evidence, and whether it changed here."""

    symbol: str
    css_class: str
    verdict: str
    figure: Figure | None
    address: str
    changed: bool


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """A benchmark on one machine against one baseline over time.

    `build` is that of the baseline's Python; a backend stands with its own build where that is another.
    `records` holds the newest records, each with a cell for every backend, and `total` is how many there are.
    """

    benchmark: str
    machine: MachineSummary
    baseline: str
    build: str
    backends: tuple[tuple[str, str], ...]
    records: tuple[tuple[RecordSummary, tuple[CaseCell | None, ...]], ...]
    total: int
    sparklines: tuple[tuple[str, Sparkline], ...]
    """The backends whose ratio more than one record has, each with its drawing."""


def history_tables(histories: Sequence[CaseHistory]) -> Iterator[HistoryTable]:
    """Yield a table for every benchmark, machine, Python and baseline in these series."""
    for _, group in groupby(sorted(histories, key=_comparable), key=_comparable):
        yield _table(tuple(group))


def _comparable(series: CaseHistory) -> tuple[tuple[tuple[str, int], ...], str, str, str, str]:
    """Return what series that stand side by side in a table have in common; numbers are in numeric order."""
    machine = series.machine
    return natural(series.benchmark), machine.name, machine.python, series.baseline, series.baseline_build


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return what names are ordered by so that n=10 comes after n=9."""
    return tuple((part, int(digits or -1)) for part, digits in re.findall(r"([^0-9]*)([0-9]{0,18})", name))


def _table(columns: Sequence[CaseHistory]) -> HistoryTable:
    first = columns[0]
    shown = shown_names((first.baseline, *(series.backend for series in columns)))
    summaries = {point.summary.name: point.summary for series in columns for point in series.points}
    newest = sorted(summaries.values(), key=lambda record: (record.started, record.name), reverse=True)
    by_record = [{point.summary.name: case_cell(point) for point in series.points} for series in columns]
    return HistoryTable(
        benchmark=first.benchmark,
        machine=first.machine,
        baseline=shown[first.baseline],
        build=first.baseline_build,
        backends=tuple(
            (shown[series.backend], "" if series.build == first.baseline_build else series.build)
            for series in columns
        ),
        records=tuple(
            (record, tuple(cells.get(record.name) for cells in by_record)) for record in newest[:NEWEST]
        ),
        total=len(newest),
        sparklines=tuple(
            (shown[series.backend], drawing)
            for series in columns
            if (drawing := sparkline(series)) is not None
        ),
    )


def case_cell(point: DataPoint) -> CaseCell:
    """Return a case at one time, ready to stand in a table."""
    case = point.case
    rendering = VERDICTS[Verdict(case.verdict)]
    return CaseCell(
        symbol=rendering.sign,
        css_class=rendering.css_class,
        verdict=case.verdict,
        figure=case_figure(case.seconds, case.ratio, case.excess),
        address=f"../records/{point.summary.name}.html#{case.page}",
        changed=point.changed,
    )
