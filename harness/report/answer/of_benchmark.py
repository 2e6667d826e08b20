"""A benchmark's line: its time on the baseline, and in words what each backend takes against that."""

from collections.abc import Mapping, Sequence

from harness.analysis.intervals import judge_ratio
from harness.records.estimate import Estimate
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult
from harness.report.answer.values import NOTHING, AnswerCell, AnswerRow
from harness.report.answer.words import change_words, lateness, lateness_words
from harness.report.backend_names import shown_names
from harness.report.formatting import format_duration


def benchmark_row(plan: Plan, result: BenchmarkResult, columns: Sequence[str]) -> AnswerRow:
    """Return the line of a benchmark with a cell for each of these backends."""
    cases = {case.backend: case for case in result.cases}
    baseline = cases.get(plan.baseline)
    return AnswerRow(
        name=result.benchmark.id,
        reference="–" if baseline is None else _reference(baseline),
        cells=tuple(_benchmark_cell(cases.get(name), plan.margin) for name in columns),
    )


def _reference(case: CaseResult) -> str:
    """Return the baseline's own figure: its time, or how late it woke."""
    if case.timing is None:
        return str(case.verdict.kind)
    if case.timing.excess is not None:
        return lateness(case.timing.excess)
    return format_duration(case.timing.seconds.value)


def _benchmark_cell(case: CaseResult | None, margin: float) -> AnswerCell:
    if case is None:
        return NOTHING
    if case.timing is None:
        return AnswerCell(str(case.verdict.kind))
    if case.timing.excess is not None:
        return AnswerCell(lateness_words(case.timing.excess))
    ratio, judgement = case.timing.ratio, case.timing.judgement
    if ratio is None:
        return AnswerCell(format_duration(case.timing.seconds.value))
    return AnswerCell(change_words(ratio, judgement, margin), ratio, judgement)


def result_words(plan: Plan, result: BenchmarkResult) -> str:
    """Return a finished benchmark's line as running text: "order:n=1  20.5 µs  uvloop 36% less ±2"."""
    columns = [case.backend for case in result.cases if case.backend != plan.baseline]
    row = benchmark_row(plan, result, columns)
    shown = shown_names(backend.name for backend in plan.backends)
    cells = (f"{shown[name]} {cell.words}" for name, cell in zip(columns, row.cells, strict=True))
    return "  ".join((row.name, row.reference, *cells))


def narrowing_words(plan: Plan, ratios: Mapping[str, Estimate], *, sleeps: bool) -> str:
    """Return how each backend compares so far, from when there is an interval.

    The estimates are log ratios, or microseconds beyond the ideal where the benchmark sleeps.
    """
    shown = shown_names(backend.name for backend in plan.backends)
    known = {shown[name]: estimate for name, estimate in ratios.items() if estimate.has_interval}
    if sleeps:
        return "  ".join(f"{name} {lateness_words(excess)}" for name, excess in known.items())
    changes = {name: estimate.exp() for name, estimate in known.items()}
    words = (f"{name} {change_words(ratio, judge_ratio(ratio, 0))}" for name, ratio in changes.items())
    return "  ".join(words)
