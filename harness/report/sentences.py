"""The sentences that a run ends with: who agrees, and who takes less time."""

import math
from collections.abc import Iterator, Sequence

from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report.answer.words import change_words
from harness.report.backend_names import backend_order, shown_names
from harness.report.formatting import count_benchmarks


def backend_sentences(record: Record) -> tuple[str, ...]:
    """Say who agrees; who takes less time, on what, by how much; what task groups do differently."""
    plan, names = record.run.plan, shown_names(record.backends)
    _, *others = backend_order(record)
    agreeing = "; ".join(_agreeing(record, others))
    agreement = [f"Against {names[plan.baseline]}, {agreeing}."] if others else []
    timed = any(result.rounds for result in record.results)
    speeds = [f"{_speed(record, name)}." for name in others] if timed else []
    return (*agreement, *speeds, *_task_groups(record))


def _agreeing(record: Record, backends: Sequence[str]) -> Iterator[str]:
    """Yield in how many benchmarks each agrees; those that are alike are named together."""
    shown = shown_names(record.backends)
    alike: dict[str, list[str]] = {}
    for name in backends:
        alike.setdefault(_agreement(record, name), []).append(shown[name])
    for words, names in alike.items():
        who = ", ".join(names)
        yield f"{who} {words}" if len(names) == 1 else f"each of {who} {words}"


def _agreement(record: Record, backend: str) -> str:
    cases = [cell.verdict for result in record.results for cell in result.cases if cell.backend == backend]
    verdicts = [verdict.kind for verdict in cases if verdict.kind is not Verdict.UNAVAILABLE]
    if not verdicts:
        return "could not be observed" if cases else "has no case here"
    counts = {verdict: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}
    agrees = counts.pop(Verdict.SAME_RESULT, 0)
    rest = "".join(f", {verdict.verb} in {count}" for verdict, count in counts.items())
    blemished = sum(bool(verdict.blemish) for verdict in cases)
    rest += f"; in {blemished} it leaves or reports something that is not promised" if blemished else ""
    return f"gives the same result in {agrees} of {count_benchmarks(len(verdicts))}{rest}"


def _speed(record: Record, backend: str) -> str:
    name = shown_names(record.backends)[backend]
    cells = [
        (result.benchmark.id, cell.timing.ratio, cell.timing.judgement)
        for result in record.results
        for cell in result.cases
        if cell.backend == backend and cell.timing and cell.timing.ratio
    ]
    if not cells:
        return f"{name} has no time ratio here"
    parts = [_share_with(cells, judgement) for judgement in DIRECTIONS]
    equal = sum(judgement is Judgement.EQUAL for _, _, judgement in cells)
    unclear = sum(judgement is Judgement.NO_CLEAR_DIFFERENCE for _, _, judgement in cells)
    parts += [f"equal within the margin in {equal}"] if equal else []
    return f"{name}: {', '.join([*filter(None, parts), f'no clear difference in {unclear}'])}"


def _share_with(cells: Sequence[tuple[str, Estimate, Judgement | None]], judgement: Judgement) -> str:
    """Tell in how many benchmarks a backend is judged so, and the one of which that is surest."""
    judged = [(name, ratio) for name, ratio, judgement_of_case in cells if judgement_of_case is judgement]
    if not judged:
        return ""
    name, ratio = max(judged, key=lambda pair: _surely(pair[1]))
    change = change_words(ratio, judgement, of="time")
    return f"{judgement} in {len(judged)} of {count_benchmarks(len(cells))} (most: {name} {change})"


def _surely(ratio: Estimate) -> float:
    """Return how far from 1 the nearest end of a ratio's interval lies, on a log scale."""
    ends = [end for end in (ratio.low, ratio.high) if end is not None] or [ratio.value]
    return min(abs(math.log(end)) for end in ends)


def _task_groups(record: Record) -> tuple[str, ...]:
    """Say what backends over task groups were seen to do differently, from the documented differences."""
    groups = [backend.name for backend in record.run.plan.backends if backend.gatherer != "gather"]
    reasons = dict.fromkeys(
        cell.verdict.reason.rstrip(".")
        for result in record.results
        for cell in result.cases
        if cell.backend in groups and cell.verdict.kind is Verdict.KNOWN_DIFFERENCE
    )
    if not reasons:
        return ()
    names, shown = shown_names(record.backends), "; ".join(list(reasons)[:3])
    more = f"; and {len(reasons) - 3} more below" if len(reasons) > 3 else ""  # noqa: PLR2004
    return (
        f"What task groups ({', '.join(names[group] for group in groups)}) do differently: {shown}{more}.",
    )
