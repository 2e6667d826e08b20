"""The answer of a gate between two revisions, for a terminal and for a comment on a pull request."""

from collections.abc import Iterator, Sequence

from harness.analysis.gate_metric import GateMetric
from harness.analysis.revisions import Decision, RevisedCase, RevisionGate
from harness.records.counting import counted
from harness.records.estimate import Estimate
from harness.records.plan import FALSE_ALARMS
from harness.report.answer_format import AnswerFormat
from harness.report.backend_names import shown_names

_LONGEST = 18
"""The most cases that a terminal shows; --json has them all."""

_LONGEST_IN_COMMENT = 4
"""The most cases that a comment of ten lines has room for."""


def answer_lines(gate: RevisionGate, answer: AnswerFormat) -> Iterator[str]:
    """Yield the answer's lines in one of the formats."""
    return comment_lines(gate) if answer is AnswerFormat.MARKDOWN else terminal_lines(gate)


def terminal_lines(gate: RevisionGate) -> Iterator[str]:
    """Yield the decision, what it rests on, the greatest slowdown first, and how sure it is."""
    yield f"{gate.decision}: {_why(gate)}"
    shown, left = _shown(gate, _LONGEST)
    names = shown_names(case.backend for case in gate.cases)
    for case in shown:
        words = f"  {_label(gate, case)} {case.benchmark} on {names[case.backend]}"
        yield f"{words} {case.reason}" if case.reason else words
    if left:
        yield f"  and {left} more"
    yield _how_sure(gate)


def comment_lines(gate: RevisionGate) -> Iterator[str]:
    """Yield the same as at most ten lines of Markdown."""
    yield f"**{gate.decision}**: {_cell(_why(gate))}"
    shown, left = _shown(gate, _LONGEST_IN_COMMENT)
    names = shown_names(case.backend for case in gate.cases)
    if shown:
        yield from ("", "| change | benchmark | backend |", "|---|---|---|")
    for case in shown:
        label = f"{_label(gate, case)} {case.reason}".strip() if case.reason else _label(gate, case)
        yield f"| {_cell(label)} | `{_cell(case.benchmark)}` | {_cell(names[case.backend])} |"
    yield ""
    yield f"{f'{left} more changed or are undecided. ' if left else ''}{_how_sure(gate)}"


def _shown(gate: RevisionGate, most: int) -> tuple[Sequence[RevisedCase], int]:
    """Return the cases that say something, as many as there is room for, and how many are left."""
    shown = [case for case in gate.cases if case.changed or case.decision is not Decision.PASS]
    return shown[:most], max(0, len(shown) - most)


def _cell(text: str) -> str:
    """Return a text that stays on its line and in its cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _why(gate: RevisionGate) -> str:
    """Say in one sentence why the gate decides as it does."""
    chosen = [case for case in gate.cases if case.decision is gate.decision]
    names = shown_names(case.backend for case in gate.cases)
    match gate.decision:
        case Decision.PASS:
            return f"nothing certainly takes more {gate.metric} than {gate.against}{_bound(gate)}"
        case Decision.UNDECIDED if not chosen:
            return _nothing_decided(gate)
    first, others = chosen[0], len(chosen) - 1
    sentence = f"{first.benchmark} on {names[first.backend]} {_says(gate, first)}"
    return f"{sentence}; {_others(gate.decision, others)}" if others else sentence


def _others(decision: Decision, others: int) -> str:
    if decision is Decision.FAIL:
        return counted(others, "more case fails", "more cases fail")
    return counted(others, "more case is undecided", "more cases are undecided")


def _says(gate: RevisionGate, case: RevisedCase) -> str:
    ratio = case.ratio
    if case.reason or ratio is None:
        return case.reason
    if case.decision is Decision.FAIL:
        at_least = f"by at least {_percent(ratio.low or 1.0)}"
        limit = f", and its limit is {case.limit * 100:.4g}%" if case.limit else ""
        return f"takes {_percent(ratio.value)} more {gate.metric} than {gate.against}, {at_least}{limit}"
    return (
        f"may take up to {_percent(ratio.high or 1.0)} more {gate.metric} than {gate.against}, and its time "
        "is over: give it more by --max-time, or ask for less by --precision"
    )


def _nothing_decided(gate: RevisionGate) -> str:
    if gate.unmatched:
        return f"the limit of {gate.unmatched[0]!r} matches no case that was compared: mend its pattern"
    return "no case was compared: name a scenario that both revisions can run"


def _bound(gate: RevisionGate) -> str:
    """Say within what the greatest increase lies, of all cases that have an interval."""
    highs = [case.ratio.high for case in gate.cases if case.ratio is not None and case.ratio.high is not None]
    if not highs:
        return ""
    return f", and nothing can be by more than {_percent(max(1.0, *highs))}"


_DECIMALS = {GateMetric.TIME: 1, GateMetric.INSTRUCTIONS: 3}
"""The decimals of a change in percent: counts of equal code agree to some thousandths."""


def _label(gate: RevisionGate, case: RevisedCase) -> str:
    """Return a change in percent with half its interval's width, such as "+3.1% ±0.6"."""
    if case.ratio is None:
        return "·"
    decimals = _DECIMALS[gate.metric]
    change = f"{(case.ratio.value - 1) * 100:+.{decimals}f}%"
    return f"{change} {_width(case.ratio, decimals)}".rstrip()


def _width(ratio: Estimate, decimals: int) -> str:
    return f"±{ratio.half_width * 100:.{decimals}f}" if ratio.has_interval else ""


def _percent(ratio: float) -> str:
    return f"{abs(ratio - 1) * 100:.2g}%"


def _how_sure(gate: RevisionGate) -> str:
    measured = [case for case in gate.cases if case.ratio is not None]
    verb = "timed" if gate.metric is GateMetric.TIME else "counted"
    if not measured:
        return f"{counted(len(gate.cases), 'case')}, none of them {verb}."
    changed = sum(case.ratio is not None and case.ratio.excludes_one for case in measured)
    return (
        f"{changed} of {counted(len(measured), f'{verb} case')} changed. Intervals are at {gate.level:.4%}, "
        f"so that a gate over two equal revisions fails at most once in {1 / FALSE_ALARMS:.0f}."
    )
