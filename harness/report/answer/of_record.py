"""A record's answer: who takes less time, at what, whether all gave the same, and whether to believe it."""

from collections.abc import Sequence

from harness.analysis.families import FamilyFigure, families_of, family_figures
from harness.analysis.hosts_compared import compare_hosts_of, hosts_of
from harness.analysis.intervals import judge_ratio
from harness.analysis.overall import overall_figures
from harness.backends.backend import LOOPS
from harness.records.estimate import Estimate
from harness.records.plan import DEFAULT
from harness.records.record import Record
from harness.report.answer.families import asked_first, family_title
from harness.report.answer.of_benchmark import benchmark_row
from harness.report.answer.of_hosts import cautions, remarks_over_hosts, rows_over_hosts
from harness.report.answer.ordering import ordered
from harness.report.answer.remarks import remarks
from harness.report.answer.values import NOTHING, Answer, AnswerCell, AnswerRow, Remark, SortOrder
from harness.report.answer.words import change_words
from harness.report.backend_names import backend_order, shown_names
from harness.report.formatting import count_benchmarks

MOST_ROWS = 12
"""The most lines of figures in an answer: with more benchmarks there is a line for each family instead."""

MOST_COLUMNS = 2
"""The most backends beside the baseline for which 80 columns have room; with more, each has a line."""


def answer(record: Record, order: SortOrder = SortOrder.PLAN) -> Answer:
    """Return what a person sees first of a record, its lines in the order that is asked for."""
    columns = backend_order(record)[1:]
    shown = shown_names(record.backends)
    heads = tuple(shown[name] for name in columns)
    timed = [result for result in record.results if result.rounds]
    if not timed:
        return Answer(heading(record), remarks=remarks(record))
    comparison = compare_hosts_of(record)
    if comparison is not None and len(columns) <= MOST_COLUMNS:
        return _finish(record, order, "", heads, rows_over_hosts(comparison))
    if len(columns) > MOST_COLUMNS:
        return _finish(record, order, "", (_overall_head(record),), _by_backend(record))
    if len(timed) > MOST_ROWS:
        return _finish(record, order, "", heads, _by_family(record, columns))
    rows = [benchmark_row(record.run.plan, result, columns) for result in timed]
    return _finish(record, order, shown[record.run.plan.baseline], heads, rows)


def _finish(
    record: Record,
    order: SortOrder,
    reference_head: str,
    heads: tuple[str, ...],
    rows: Sequence[AnswerRow],
) -> Answer:
    """Return the answer with as many of these lines as it has room for."""
    return Answer(
        heading=heading(record),
        names_head="time"
        if reference_head
        else f"time against {shown_names(record.backends)[record.run.plan.baseline]}",
        reference_head=reference_head,
        heads=heads,
        rows=tuple(ordered(rows, order)[:MOST_ROWS]),
        left_out=left_out(rows),
        remarks=(*_over_hosts(record), *remarks(record)),
        cautions=cautions(hosts_of(record)),
    )


def _over_hosts(record: Record) -> tuple[Remark, ...]:
    """Return what the hosts say together that repeated a record's benchmarks."""
    comparison = compare_hosts_of(record)
    return () if comparison is None else tuple(remarks_over_hosts(comparison))


def left_out(rows: Sequence[AnswerRow]) -> str:
    """Return how many lines an answer has no room for; empty where it has room for all."""
    hidden = len(rows) - MOST_ROWS
    return f"and {hidden} more (--details)" if hidden > 0 else ""


def heading(record: Record) -> tuple[str, ...]:
    """Return what was compared, on what, and how thoroughly, in parts that stand side by side."""
    run = record.run
    machine, effort = run.machine, run.plan.effort
    distributions = {backend.loop.distribution for backend in run.plan.backends} | {
        loop.distribution for loop in LOOPS if loop in {backend.loop for backend in run.plan.backends}
    }
    versions = [f"{name} {version}" for name, version in machine.versions if name in distributions]
    first_look = () if effort.adjusted else ("a first look (--fast)",)
    thorough = () if effort.name in (DEFAULT.name, "fast") else (effort.name,)
    return (
        _what(record),
        f"CPython {machine.python}",
        *versions,
        f"{machine.cpu}, {machine.cores} CPUs",
        *first_look,
        *thorough,
    )


def _what(record: Record) -> str:
    """Return what was run: a family, a scenario, or how many benchmarks."""
    families = dict.fromkeys(result.benchmark.family for result in record.results)
    scenarios = dict.fromkeys(result.benchmark.scenario for result in record.results)
    if len(scenarios) == 1:
        return next(iter(scenarios))
    return next(iter(families)) if len(families) == 1 else count_benchmarks(len(record.results))


def _by_family(record: Record, columns: Sequence[str]) -> list[AnswerRow]:
    figures = family_figures(record)
    margin = record.run.plan.margin
    return [
        AnswerRow(
            name=f"{family_title(family)} ({_most_benchmarks(figures, family)})",
            reference="",
            cells=tuple(_family_cell(figures, family, name, margin) for name in columns),
        )
        for family in asked_first(families_of(figures))
    ]


def _most_benchmarks(figures: Sequence[FamilyFigure], family: str) -> int:
    """Return how many benchmarks of a family have a ratio on the backend that has most of them."""
    return max(len(figure.benchmarks) for figure in figures if figure.family == family)


def _family_cell(figures: Sequence[FamilyFigure], family: str, backend: str, margin: float) -> AnswerCell:
    for figure in figures:
        if (figure.family, figure.backend) == (family, backend):
            words = change_words(figure.ratio, figure.judgement, margin)
            return AnswerCell(words, figure.ratio, figure.judgement)
    return NOTHING


def _by_backend(record: Record) -> list[AnswerRow]:
    figures = overall_figures(record)
    if figures is None:
        return []
    margin, shown = record.run.plan.margin, shown_names(record.backends)
    return [
        AnswerRow(shown[figure.backend], "", (_overall_cell(figure.ratio, margin),))
        for figure in figures.backends
        if figure.backend != figures.baseline
    ]


def _overall_head(record: Record) -> str:
    figures = overall_figures(record)
    return "" if figures is None else f"over {count_benchmarks(len(figures.benchmarks))}"


def _overall_cell(ratio: Estimate, margin: float) -> AnswerCell:
    judgement = judge_ratio(ratio, margin)
    return AnswerCell(change_words(ratio, judgement, margin), ratio, judgement)
