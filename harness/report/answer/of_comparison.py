"""A comparison's answer: the backends of one record beside each other, or what changed over time."""

from collections.abc import Iterator, Mapping, Sequence

from harness.analysis.between import Change, ComparisonBetween
from harness.analysis.hosts_compared import ComparisonOverHosts
from harness.analysis.within import Case, ComparisonWithin, RatioToBaseline
from harness.records.counting import counted
from harness.records.estimate import DIRECTIONS, Judgement
from harness.report.answer.of_hosts import (
    cautions,
    hosts_in_words,
    remarks_over_hosts,
    rows_over_hosts,
)
from harness.report.answer.of_record import MOST_ROWS, left_out
from harness.report.answer.ordering import ordered
from harness.report.answer.values import NOTHING, Answer, AnswerCell, AnswerRow, Remark, SortOrder, Tone
from harness.report.answer.words import change_words
from harness.report.formatting import count_benchmarks
from harness.report.tables.comparison import Comparison, names_in


def answer_of(comparison: Comparison, order: SortOrder) -> Answer:
    """Return what a person sees first of a comparison."""
    match comparison:
        case ComparisonWithin():
            return _within(comparison, order)
        case ComparisonBetween():
            return _between(comparison, order)
        case ComparisonOverHosts():
            return _over_hosts(comparison, order)


def _over_hosts(comparison: ComparisonOverHosts, order: SortOrder) -> Answer:
    rows, shown = rows_over_hosts(comparison), names_in(comparison)
    baseline = shown[comparison.baseline]
    benchmarks = dict.fromkeys(case.benchmark for case in comparison.cases)
    return Answer(
        heading=(f"{count_benchmarks(len(benchmarks))} against {baseline}", hosts_in_words(comparison)),
        names_head=f"time against {baseline}",
        heads=tuple(shown[name] for name in comparison.backends),
        rows=tuple(ordered(rows, order)[:MOST_ROWS]),
        left_out=left_out(rows),
        remarks=tuple(remarks_over_hosts(comparison)),
        cautions=cautions(comparison.hosts),
    )


def _within(comparison: ComparisonWithin, order: SortOrder) -> Answer:
    cells = {(ratio.benchmark, ratio.backend): _cell_within(ratio) for ratio in comparison.ratios}
    rows, shown = _rows(cells, comparison.backends), names_in(comparison)
    baseline = shown[comparison.baseline]
    level = "95% over all together" if comparison.adjusted else "95% each, not adjusted for their number"
    return Answer(
        heading=(f"{count_benchmarks(len(rows))} against {baseline}", f"intervals of {level}"),
        names_head=f"time against {baseline}",
        heads=tuple(shown[name] for name in comparison.backends),
        rows=tuple(ordered(rows, order)[:MOST_ROWS]),
        left_out=left_out(rows),
        remarks=tuple(
            Remark(
                Tone.WARNING,
                f"{case.benchmark} on {shown[case.backend]} has no number: {case.reason}",
            )
            for case in comparison.missing[:3]
        ),
    )


def _cell_within(ratio: RatioToBaseline) -> AnswerCell:
    return AnswerCell(change_words(ratio.ratio, ratio.judgement), ratio.ratio, ratio.judgement)


def _between(comparison: ComparisonBetween, order: SortOrder) -> Answer:
    """Return the changes since the newest of the old records, those that are resolved before the others."""
    newest = len(comparison.old) - 1
    changes = [change for change in comparison.changes if change.session == newest]
    resolved = [change for change in changes if change.judgement in DIRECTIONS]
    backends = tuple(dict.fromkeys(change.backend for change in changes))
    cells = {(change.benchmark, change.backend): _cell_between(change) for change in changes}
    changed = {change.benchmark for change in resolved}
    shown = names_in(comparison)
    rows = _rows({case: cell for case, cell in cells.items() if case[0] in changed}, backends)
    return Answer(
        heading=(
            "what changed",
            f"since {comparison.old[newest].started}",
            f"against {shown[comparison.baseline]}",
        ),
        names_head="ratio, new against old",
        heads=tuple(shown[name] for name in backends),
        rows=tuple(ordered(rows, order)[:MOST_ROWS]),
        left_out=left_out(rows),
        remarks=(*([_count_changes(changes, resolved)] if changes else []), *_lost(comparison)),
    )


def _cell_between(change: Change) -> AnswerCell:
    return AnswerCell(change_words(change.change, change.judgement), change.change, change.judgement)


def _count_changes(changes: Sequence[Change], resolved: Sequence[Change]) -> Remark:
    tone = Tone.WARNING if any(change.judgement is Judgement.MORE_TIME for change in resolved) else Tone.GOOD
    more = sum(change.judgement is Judgement.MORE_TIME for change in resolved)
    less = len(resolved) - more
    rest = len(changes) - len(resolved)
    counts = f"{more} take more time than before, {less} less, {rest} show no clear change"
    return Remark(tone, f"of {len(changes)} cases {counts}")


def _lost(comparison: ComparisonBetween) -> Iterator[Remark]:
    """Yield the first cases that cannot be compared any more, the last with how many more there are."""
    shown, more = names_in(comparison), len(comparison.missing) - _MOST_LOST
    for number, case in enumerate(comparison.missing[:_MOST_LOST], start=1):
        rest = f", and {counted(more, 'more case')}" if more > 0 and number == _MOST_LOST else ""
        what = f"{case.benchmark} on {shown[case.backend]} had a ratio and cannot be compared now"
        yield Remark(Tone.WARNING, f"{what}: {case.reason}{rest}")


_MOST_LOST = 2
"""The most cases that are named which cannot be compared any more; --details has them all."""


def _rows(cells: Mapping[Case, AnswerCell], backends: Sequence[str]) -> list[AnswerRow]:
    """Return a line for each benchmark that has a cell."""
    return [
        AnswerRow(benchmark, "", tuple(cells.get((benchmark, name), NOTHING) for name in backends))
        for benchmark in dict.fromkeys(benchmark for benchmark, _ in cells)
    ]
