"""The records that speak for a site: the newest of each kind, and the newest full one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.analysis.kinds_of_work import SERVICES
from harness.report.answer.strips import StripChart
from harness.report.site.summary import MachineSummary, RecordSummary

FULL = 0.5
"""The share of the broadest record's benchmarks from which a record is full, and not a part of that one."""


_Item = TypeVar("_Item")


def newest_of_each_title(newest_first: Iterable[RecordSummary]) -> list[RecordSummary]:
    """Return the newest finished record of every name on every machine and Python."""
    newest: dict[tuple[str, MachineSummary], RecordSummary] = {}
    for summary in newest_first:
        if summary.finished:
            newest.setdefault((summary.title, summary.machine), summary)
    return list(newest.values())


def full_record(newest_first: Iterable[RecordSummary]) -> RecordSummary | None:
    """Return the newest finished record with at least half of the most benchmarks that any chart has."""
    finished = (summary for summary in newest_first if summary.finished)
    return newest_that_is_full((summary, _benchmarks(summary)) for summary in finished)


def newest_that_is_full(newest_first: Iterable[tuple[_Item, int]]) -> _Item | None:
    """Return the first of these with at least half of the most benchmarks; None where none has any.

    Each stands beside how many benchmarks it has.
    """
    counted = [*newest_first]
    most = max((count for _, count in counted), default=0)
    return next((item for item, count in counted if count and count >= FULL * most), None)


def services_record(newest_first: Iterable[RecordSummary]) -> RecordSummary | None:
    """Return the newest finished record with at least half of the most services that any has."""
    finished = (summary for summary in newest_first if summary.finished)
    return newest_that_is_full((summary, len(_services(summary))) for summary in finished)


def _services(summary: RecordSummary) -> set[str]:
    """Return the services of a record that have a ratio on some backend."""
    figures = (figure for figure in summary.families if figure.family in SERVICES)
    return {name for figure in figures for name in figure.benchmarks}


def services_chart(summary: RecordSummary) -> StripChart | None:
    """Return a record's chart of its services alone; None where it has none."""
    if summary.strips is None:
        return None
    rows = tuple(row for row in summary.strips.rows if row.family in SERVICES)
    return replace(summary.strips, rows=rows) if rows else None


def pythons_record(newest_first: Iterable[RecordSummary]) -> RecordSummary | None:
    """Return the newest finished record whose baseline's loop ran on several Pythons in the same rounds."""
    finished = (summary for summary in newest_first if summary.finished)
    return next((summary for summary in finished if summary.python_answer is not None), None)


def charts_beside(
    full: RecordSummary, newest_first: Iterable[RecordSummary]
) -> Iterator[tuple[RecordSummary, StripChart]]:
    """Yield the newest finished record of each further kind of work, and a chart of what is new in it.

    The full record is the first of all: what it has is on its own chart. Services have a chart of their own.
    """
    shown = {*SERVICES, *(set() if full.strips is None else _families(full.strips))}
    for summary in newest_first:
        if summary.finished and summary.strips is not None and (new := _families(summary.strips) - shown):
            rows = tuple(row for row in summary.strips.rows if row.family in new)
            yield summary, replace(summary.strips, rows=rows)
            shown |= new


def _families(chart: StripChart) -> set[str]:
    return {row.family for row in chart.rows}


def _benchmarks(summary: RecordSummary) -> int:
    """Return how many benchmarks a record's chart has, however many backends they ran on."""
    if summary.strips is None:
        return 0
    return sum(max(strip.count for strip in row.strips if strip) for row in summary.strips.rows)


def newest_audit(newest_first: Sequence[RecordSummary]) -> RecordSummary | None:
    """Return the newest finished audit that found anything; None where there is none."""
    audits = (each for each in newest_first if each.audit and each.finished and each.sentences)
    return next(audits, None)
