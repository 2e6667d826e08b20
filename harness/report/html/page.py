"""Everything that the page of a record says, ready to be filled into its template."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.analysis.hosts_compared import hosts_of
from harness.records.estimate import Judgement
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report import charts, commands, differences, evidence
from harness.report.answer.headline import headline
from harness.report.answer.of_hosts import cautions
from harness.report.answer.remarks import remarks
from harness.report.answer.strips import StripChart, strip_chart
from harness.report.answer.twins import ThroughAnyIO, through_anyio
from harness.report.answer.values import Remark
from harness.report.backend_names import shown_names
from harness.report.charts.rendering import MOST_IMAGES, ChartRenderer
from harness.report.contents import summary_sentences, tables
from harness.report.html.matrix import (
    JUDGEMENT_SIGNS,
    Matrix,
    matrix,
)
from harness.report.html.sections import FamilySection, RenderedChart, family_sections, rendered_chart
from harness.report.method import method
from harness.report.notices import Severity
from harness.report.tables import results, table
from harness.report.verdict_signs import VERDICTS
from harness.report.warnings import notices_of_benchmarks, notices_of_run

MOST_OPEN = 12
"""The most benchmarks whose evidence stands open; that of more is folded, family by family.

Each of them has some four places where the tab key stops.
"""


@dataclass(frozen=True, slots=True)
class DifferenceSection:
    """A difference on the page; `output` is what a worker that ended badly wrote last."""

    case: str
    reason: str
    window: evidence.DiffWindow | None
    evidence: tuple[str, ...]
    output: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageNotice:
    """Something to know before a figure is quoted; it is calm where it is nothing to worry about."""

    text: str
    calm: bool


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sign that the page uses, its style class if it has one, and what it means."""

    symbol: str
    meaning: str
    css_class: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a record says."""

    name: str
    subject: str
    conditions: str
    cautions: tuple[Remark, ...]
    headline: tuple[str, ...]
    remarks: tuple[Remark, ...]
    strips: StripChart | None
    through_anyio: ThroughAnyIO | None
    sentences: tuple[str, ...]
    warnings: tuple[PageNotice, ...]
    benchmark_warnings: tuple[str, ...]
    matrix: Matrix
    verdict_legend: tuple[LegendEntry, ...]
    judgement_legend: tuple[LegendEntry, ...]
    times: table.Table | None
    charts: tuple[RenderedChart, ...]
    findings: tuple[DifferenceSection, ...]
    tables: tuple[tuple[str, table.Table], ...]
    documented: table.Table | None
    ledger: table.Table | None
    evidence: tuple[FamilySection, ...]
    evidence_open: bool
    environment: tuple[tuple[str, str], ...]
    method: tuple[str, ...]
    command: str
    own_command: str


def page_of(record: Record, renderer: ChartRenderer, *, with_strips: bool = True) -> Page:
    """Return what the page of a record says, with images of the rounds unless told otherwise."""
    when_seen = not with_strips or len(record.results) > MOST_IMAGES
    subject, conditions = results.heading(record)
    drawn = tuple(rendered_chart(chart, renderer) for chart in charts.charts(record))
    under_charts = [rendered.chart.table for rendered in drawn]
    return Page(
        name=record.run.name,
        subject=subject,
        conditions=conditions,
        cautions=cautions(hosts_of(record)),
        headline=headline(record),
        remarks=remarks(record, details=""),
        strips=strip_chart(record),
        through_anyio=through_anyio(record),
        sentences=summary_sentences(record),
        warnings=tuple(_notices(record)),
        benchmark_warnings=tuple(notice.text for notice in notices_of_benchmarks(record)),
        matrix=matrix(record),
        verdict_legend=tuple(_verdict_legend(record)),
        judgement_legend=tuple(_judgement_legend(record)),
        times=results.times(record),
        charts=drawn,
        findings=tuple(_findings(record)),
        tables=tuple((anchor, content) for anchor, content in tables(record) if content not in under_charts),
        documented=differences.documented(record),
        ledger=results.ledger(record),
        evidence=tuple(family_sections(record, renderer, when_seen=when_seen)),
        evidence_open=len(record.results) <= MOST_OPEN,
        environment=results.environment(record),
        method=method(record),
        command=commands.whole(record),
        own_command=commands.YOUR_OWN,
    )


def _notices(record: Record) -> Iterator[PageNotice]:
    for notice in notices_of_run(record):
        yield PageNotice(notice.text, notice.severity is Severity.GOOD)


def _verdict_legend(record: Record) -> Iterator[LegendEntry]:
    verdicts = {case.verdict.kind for result in record.results for case in result.cases}
    for verdict, rendering in VERDICTS.items():
        if verdict in verdicts:
            yield LegendEntry(rendering.sign, str(verdict), rendering.css_class)


def _judgement_legend(record: Record) -> Iterator[LegendEntry]:
    judgements = {case.timing.judgement for result in record.results for case in result.cases if case.timing}
    for judgement in Judgement:
        if judgement in judgements:
            yield LegendEntry(JUDGEMENT_SIGNS[judgement], str(judgement))


def _findings(record: Record) -> Iterator[DifferenceSection]:
    yield from _unavailable(record)
    for difference in differences.findings(record, Verdict.COULD_NOT_MEASURE, Verdict.UNSUPPORTED):
        mismatch = difference.mismatch
        yield DifferenceSection(
            case=difference.case,
            reason=evidence.truncate(difference.reason, evidence.LONG),
            window=None if mismatch is None else evidence.window_of(mismatch, difference.expected),
            evidence=difference.evidence,
            output=tuple(evidence.truncate(line, evidence.LONG) for line in difference.output),
        )


def _unavailable(record: Record) -> Iterator[DifferenceSection]:
    """Yield what could not be observed at all: once for every reason, not once for every benchmark."""
    reasons = dict.fromkeys(
        (case.backend, case.verdict.reason)
        for result in record.results
        for case in result.cases
        if case.verdict.kind is Verdict.UNAVAILABLE
    )
    names = shown_names(record.backends)
    for backend, reason in reasons:
        shown = evidence.truncate(reason, evidence.LONG)
        yield DifferenceSection(f"{names[backend]} is unavailable", shown, None, (), ())
