"""The evidence on a page, family by family and benchmark by benchmark, with its charts as images."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from harness.analysis.kinds_of_work import kind_of_work
from harness.records.record import BenchmarkResult, Record
from harness.report import charts, evidence
from harness.report.answer.families import family_title
from harness.report.answer.twins import twin_rows
from harness.report.backend_names import backend_order
from harness.report.charts import Chart
from harness.report.charts.rendering import ChartRenderer
from harness.report.formatting import format_self_test
from harness.report.html.markup import trusted
from harness.report.html.matrix import case_anchor
from harness.report.verdict_signs import VERDICTS


@dataclass(frozen=True, slots=True)
class RenderedChart:
    """A chart with its image; where the image is empty, the chart is drawn when it is seen."""

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
    """A benchmark on the page with all of its cases; `code` is the text of its scenario.

    `twins` are the benchmarks that tell the same on a loop's own API: their names and numbers.
    """

    number: int
    name: str
    summary: str
    source: str
    code: str
    facts: tuple[str, ...]
    twins: tuple[tuple[str, int], ...]
    strip: RenderedChart | None
    cases: tuple[CaseSection, ...]


@dataclass(frozen=True, slots=True)
class FamilySection:
    """The evidence of a family's benchmarks."""

    title: str
    benchmarks: tuple[BenchmarkSection, ...]


def rendered_chart(chart: Chart, renderer: ChartRenderer, *, when_seen: bool = False) -> RenderedChart:
    """Return a chart with its image, while there is room for images and unless it is drawn when seen."""
    return RenderedChart(chart, trusted(renderer.image(chart, when_seen=when_seen)))


def family_sections(record: Record, renderer: ChartRenderer, *, when_seen: bool) -> Iterator[FamilySection]:
    """Yield the evidence of each family; strips of rounds are images, or are drawn when they are seen."""
    strips = charts.round_strips(record)
    families: dict[str, list[BenchmarkSection]] = {}
    for number, result in enumerate(record.results, start=1):
        strip = rendered_chart(strips[number], renderer, when_seen=when_seen) if number in strips else None
        section = _benchmark(record, number, result, strip)
        families.setdefault(kind_of_work(result.benchmark), []).append(section)
    for name, sections in families.items():
        yield FamilySection(family_title(name), tuple(sections))


def _benchmark(
    record: Record, number: int, result: BenchmarkResult, strip: RenderedChart | None
) -> BenchmarkSection:
    benchmark = result.benchmark
    return BenchmarkSection(
        number=number,
        name=benchmark.id,
        summary=benchmark.summary,
        source=benchmark.source,
        code=benchmark.text,
        facts=tuple(_facts(result)),
        twins=tuple((record.results[row - 1].benchmark.id, row) for row in twin_rows(record, result)),
        strip=strip,
        cases=tuple(_cases(record, number, result)),
    )


def _facts(result: BenchmarkResult) -> Iterator[str]:
    """Yield where and how a benchmark was timed, fact by fact."""
    if result.measured_on is not None:
        yield f"host {result.measured_on}"
    if result.rounds:
        yield f"{result.rounds} rounds"
    if result.settings is not None:
        yield f"{result.settings.loops} iterations a value"
    if result.stop_reason is not None:
        yield str(result.stop_reason)
    if result.self_test is not None:
        yield f"self-test {format_self_test(result)}"
    if result.benchmark.ideal is not None:
        yield f"ideal {result.benchmark.ideal * 1e6:g} µs"


def _cases(record: Record, number: int, result: BenchmarkResult) -> Iterator[CaseSection]:
    """Yield the cases of a benchmark in the order of the matrix's columns."""
    cases = {case.backend: case for case in result.cases}
    for column, backend in enumerate(backend_order(record), start=1):
        if case := cases.get(backend):
            rendering = VERDICTS[case.verdict.kind]
            yield CaseSection(
                anchor=case_anchor(number, column),
                symbol=rendering.sign,
                css_class=rendering.css_class,
                evidence=evidence.case_of(record, result, case),
            )
