"""A record → everything that its page says, ready to be filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from harness.records.estimate import Judgement
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report import charts, commands, differences, evidence, formatting
from harness.report.charts import Chart
from harness.report.charts.rendering import ChartRenderer
from harness.report.contents import said, tables
from harness.report.html.markup import trusted
from harness.report.html.matrix import JUDGEMENT_SIGNS, Matrix, backend_order, case_anchor, matrix
from harness.report.method import method
from harness.report.tables import results, table
from harness.report.warnings import of_rows, of_the_run


@dataclass(frozen=True, slots=True)
class RenderedChart:
    """A chart with its image, ready to stand on a page; where there is none, it is drawn when it is seen."""

    chart: Chart
    svg: Markup


@dataclass(frozen=True, slots=True)
class CaseSection:
    """A case on the page: its name there, its sign, and its evidence."""

    anchor: str
    symbol: str
    css_class: str
    evidence: evidence.CaseEvidence


@dataclass(frozen=True, slots=True)
class BenchmarkSection:
    """A row on the page with all of its cases."""

    number: int
    name: str
    summary: str
    source: str
    code: str
    facts: tuple[str, ...]
    strip: RenderedChart | None
    cases: tuple[CaseSection, ...]


@dataclass(frozen=True, slots=True)
class DifferenceSection:
    """A difference as it stands on the page."""

    case: str
    reason: str
    window: evidence.DiffWindow | None
    evidence: tuple[str, ...]
    output: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What to know before a figure is quoted; `calm` where it is nothing to worry about."""

    text: str
    calm: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a record says."""

    name: str
    subject: str
    conditions: str
    sentences: tuple[str, ...]
    warnings: tuple[Notice, ...]
    benchmark_warnings: tuple[str, ...]
    matrix: Matrix
    legend: tuple[tuple[str, str, str], ...]
    judgements: tuple[tuple[str, str], ...]
    times: table.Table | None
    charts: tuple[RenderedChart, ...]
    findings: tuple[DifferenceSection, ...]
    tables: tuple[tuple[str, table.Table], ...]
    documented: table.Table | None
    ledger: table.Table | None
    benchmarks: tuple[BenchmarkSection, ...]
    environment: tuple[tuple[str, str], ...]
    method: tuple[str, ...]
    command: str
    own_command: str


def page_of(record: Record, workshop: ChartRenderer) -> Page:
    """What the page of a record says."""
    what, where = results.heading(record)
    drawn = tuple(rendered_chart(chart, workshop) for chart in charts.charts(record))
    under_charts = [one.chart.table for one in drawn]
    return Page(
        name=record.run.name,
        subject=what,
        conditions=where,
        sentences=said(record),
        warnings=tuple(_warned(record)),
        benchmark_warnings=of_rows(record),
        matrix=matrix(record),
        legend=tuple(
            (formatting.VERDICTS[verdict].sign, formatting.VERDICTS[verdict].css_class, str(verdict))
            for verdict in _verdicts(record)
        ),
        judgements=tuple(_speeds(record)),
        times=results.times(record),
        charts=drawn,
        findings=tuple(_findings(record)),
        tables=tuple(one for one in tables(record) if one[1] not in under_charts),
        documented=differences.documented(record),
        ledger=results.ledger(record),
        benchmarks=tuple(_stories(record, workshop)),
        environment=results.environment(record),
        method=method(record),
        command=commands.whole(record),
        own_command=commands.YOUR_OWN,
    )


def rendered_chart(chart: Chart, workshop: ChartRenderer) -> RenderedChart:
    """A chart with its image, while there is room for images."""
    return RenderedChart(chart, trusted(workshop.image(chart)))


def _warned(record: Record) -> Iterable[Notice]:
    repeats = record.self_test
    agrees = repeats is not None and repeats.differing <= repeats.allowed
    for words in of_the_run(record):
        yield Notice(words, agrees and words.startswith("A/A"))


def _verdicts(record: Record) -> Iterable[Verdict]:
    found = {cell.verdict.kind for line in record.results for cell in line.cases}
    return [verdict for verdict in Verdict if verdict in found]


def _speeds(record: Record) -> Iterable[tuple[str, str]]:
    found = {cell.timing.judgement for line in record.results for cell in line.cases if cell.timing}
    return [(JUDGEMENT_SIGNS[judgement], str(judgement)) for judgement in Judgement if judgement in found]


def _findings(record: Record) -> Iterable[DifferenceSection]:
    yield from _absent(record)
    for one in differences.differences(record, *FINDINGS, Verdict.COULD_NOT_MEASURE, Verdict.UNSUPPORTED):
        window = None if one.parting is None else evidence.window_of(one.parting)
        said = tuple(evidence.truncate(line, evidence.LONG) for line in one.said)
        because = evidence.truncate(one.because, evidence.LONG)
        yield DifferenceSection(one.case, because, window, one.evidence, said)


def _absent(record: Record) -> Iterable[DifferenceSection]:
    """What could not be observed at all: once for every reason, not once for every row."""
    found = dict.fromkeys(
        (cell.backend, cell.verdict.reason)
        for line in record.results
        for cell in line.cases
        if cell.verdict.kind is Verdict.UNAVAILABLE
    )
    for backend, because in found:
        yield DifferenceSection(
            f"{backend} is unavailable", evidence.truncate(because, evidence.LONG), None, (), ()
        )


def _stories(record: Record, workshop: ChartRenderer) -> Iterable[BenchmarkSection]:
    strips = charts.round_strips(record)
    for number, line in enumerate(record.results, start=1):
        yield BenchmarkSection(
            number=number,
            name=line.benchmark.id,
            summary=line.benchmark.summary,
            source=line.benchmark.source,
            code=line.benchmark.text,
            facts=tuple(_facts(line)),
            strip=rendered_chart(strips[number], workshop) if number in strips else None,
            cases=tuple(_folded(record, number, line)),
        )


def _facts(line: BenchmarkResult) -> Iterable[str]:
    if line.rounds:
        yield f"{line.rounds} rounds"
    if line.settings is not None:
        yield f"{line.settings.loops} iterations a value"
    if line.stop_reason is not None:
        yield str(line.stop_reason)
    if line.self_test is not None:
        unit = " µs" if line.benchmark.ideal is not None else "×"
        yield f"A/A {formatting.format_estimate(line.self_test, unit)}"
    if line.benchmark.ideal is not None:
        yield f"ideal {line.benchmark.ideal * 1e6:g} µs"


def _folded(record: Record, number: int, line: BenchmarkResult) -> Iterable[CaseSection]:
    cells: Mapping[str, CaseResult] = {cell.backend: cell for cell in line.cases}
    for at, backend in enumerate(backend_order(record), start=1):
        if backend in cells:
            cell = cells[backend]
            verdict = cell.verdict.kind
            case = evidence.case_of(record, line, cell)
            yield CaseSection(
                case_anchor(number, at),
                formatting.VERDICTS[verdict].sign,
                formatting.VERDICTS[verdict].css_class,
                case,
            )
