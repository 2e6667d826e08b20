"""The records that speak for a site: the newest of each kind, and the newest full one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from harness.report.answer.strips import StripChart
from harness.report.site.summary import MachineSummary, RecordSummary

FULL = 0.5
"""The share of the broadest record's benchmarks from which a record is full, and not a part of that one."""


def newest_of_each_title(newest_first: Iterable[RecordSummary]) -> list[RecordSummary]:
    """Return the newest finished record of every name on every machine and Python."""
    newest: dict[tuple[str, MachineSummary], RecordSummary] = {}
    for summary in newest_first:
        if summary.finished:
            newest.setdefault((summary.title, summary.machine), summary)
    return list(newest.values())


def full_record(newest_first: Iterable[RecordSummary]) -> RecordSummary | None:
    """Return the newest finished record with at least half of the most benchmarks that any chart has."""
    drawn = [summary for summary in newest_first if summary.finished and summary.strips is not None]
    most = max(map(_benchmarks, drawn), default=0)
    return next((summary for summary in drawn if _benchmarks(summary) >= FULL * most), None)


def charts_beside(
    full: RecordSummary | None, newest_first: Iterable[RecordSummary]
) -> Iterator[tuple[RecordSummary, StripChart]]:
    """Yield the newest finished record of each further kind of work, and a chart of what is new in it.

    The full record is the first of all: what it has is on its own chart.
    """
    shown = _families(full.strips) if full and full.strips else set()
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
