"""A gate between two revisions: what the working copy changed, and whether it may go in.

A gate holds times, or the instructions that valgrind counts. A case fails where its whole interval lies
beyond its limit, or where it gives a wrong result that the base does not give. It is undecided where it could
not be measured, or where the time was over before its interval was as narrow as asked, and neither a slowdown
nor its absence is certain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.analysis.gate import CaseLimits, matching_nothing
from harness.analysis.gate_metric import GateMetric
from harness.analysis.instructions import RESOLUTION, instructions_ratio
from harness.records.estimate import Estimate
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.stop_reason import StopKind
from harness.records.verdict import FINDINGS, Verdict


class Decision(StrEnum):
    """What a gate says of a case, and of all of them together."""

    PASS = "PASS"  # noqa: S105 - a gate lets pass
    FAIL = "FAIL"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, slots=True)
class RevisedCase:
    """A case in both revisions: what the working copy takes, divided by what the base does, and the decision.

    `ratio` is None where there is none to take, and `reason` says why. `limit` is how much more the case may
    take, None for as much as it likes.
    """

    benchmark: str
    backend: str
    decision: Decision
    limit: float | None
    ratio: Estimate | None = None
    reason: str = ""

    @property
    def changed(self) -> bool:
        """Whether the case certainly takes more or less, or its result is another."""
        return bool(self.reason) or (self.ratio is not None and self.ratio.excludes_one)


@dataclass(frozen=True, slots=True)
class RevisionGate:
    """The answer of a gate: every case that both revisions have, and the level of one interval."""

    against: str
    level: float
    cases: tuple[RevisedCase, ...]
    unmatched: tuple[str, ...] = ()
    """The patterns of limits that no case matches."""
    metric: GateMetric = GateMetric.TIME

    @property
    def decision(self) -> Decision:
        """The decision on all: one failure is enough, and without a case nothing is decided."""
        decisions = {case.decision for case in self.cases}
        if Decision.FAIL in decisions:
            return Decision.FAIL
        undecided = Decision.UNDECIDED in decisions or not decisions or self.unmatched
        return Decision.UNDECIDED if undecided else Decision.PASS


def judge_revisions(
    record: Record, limits: CaseLimits, *, whole: bool, metric: GateMetric = GateMetric.TIME
) -> RevisionGate:
    """Judge a record of a gate's run: those cases first that failed, then the greatest slowdown first.

    Where the `whole` of all scenarios takes part, a limit that matches no case decides nothing.
    """
    plan = record.run.plan
    cases = [case for result in record.results for case in _cases(plan, result, limits, metric)]
    names = [(case.benchmark, case.backend) for case in cases]
    unmatched = tuple(matching_nothing(limits, names)) if whole else ()
    return RevisionGate(plan.against, plan.level, tuple(sorted(cases, key=_order)), unmatched, metric)


_ORDER = {Decision.FAIL: 0, Decision.UNDECIDED: 1, Decision.PASS: 2}


def _order(case: RevisedCase) -> tuple[int, float]:
    return _ORDER[case.decision], -(case.ratio.value if case.ratio is not None else 1.0)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A case in the working copy and in the base, what is held of it, and how much more it may take."""

    plan: Plan
    result: BenchmarkResult
    head: CaseResult
    base: CaseResult
    limit: float | None
    metric: GateMetric

    @property
    def ratio(self) -> Estimate | None:
        """What the working copy takes, divided by what the base does; None where that is not known."""
        if self.metric is GateMetric.INSTRUCTIONS:
            return instructions_ratio(self.head, self.base, self.plan.level)
        arm = self.head.backend
        return next((contrast.ratio for contrast in self.result.contrasts if contrast.arm == arm), None)


def _cases(
    plan: Plan, result: BenchmarkResult, limits: CaseLimits, metric: GateMetric
) -> Iterator[RevisedCase]:
    cases = {case.backend: case for case in result.cases}
    for head, base in plan.pairs_of(result.benchmark):
        backend = head.name.partition("@")[0]
        limit = limits.of(result.benchmark.id, backend)
        pair = _Pair(plan, result, cases[head.name], cases[base.name], limit, metric)
        ratio = pair.ratio
        decision, reason = _decide(pair) if ratio is None else _decide_by_ratio(pair, ratio)
        if decision is not None:
            yield RevisedCase(result.benchmark.id, backend, decision, limit, ratio, reason)


def _decide(pair: _Pair) -> tuple[Decision | None, str]:
    """Return the decision on a case without a ratio; None for one that neither revision supports."""
    head, base = pair.head, pair.base
    if head.verdict.kind in FINDINGS:
        return _decide_on_finding(head, base)
    kinds = {head.verdict.kind, base.verdict.kind}
    if kinds == {Verdict.UNSUPPORTED}:
        return None, ""
    if head.verdict.has_number and base.verdict.kind in FINDINGS:
        return Decision.PASS, f"is mended: before, it {_what(base)}"
    if head.verdict.has_number and base.verdict.has_number:
        return _decide_on_unmeasured(pair)
    worse = base if head.verdict.has_number else head
    return Decision.UNDECIDED, f"{'the base' if worse is base else 'the working copy'} {_what(worse)}"


def _decide_by_ratio(pair: _Pair, ratio: Estimate) -> tuple[Decision, str]:
    if pair.limit is None:
        return Decision.PASS, ""
    if ratio.low is None or ratio.high is None:
        return Decision.UNDECIDED, f"{ratio.rounds} rounds are too few for an interval"
    counts = pair.metric is GateMetric.INSTRUCTIONS
    if ratio.low > 1 + (max(pair.limit, RESOLUTION) if counts else pair.limit):
        return Decision.FAIL, ""
    narrow = ratio.half_width <= pair.plan.effort.precision
    if counts or narrow or ratio.high <= 1 + pair.limit or not _ended_early(pair.result):
        return Decision.PASS, ""
    return Decision.UNDECIDED, ""


def _ended_early(result: BenchmarkResult) -> bool:
    """Decide whether the time was over before every interval was as narrow as asked."""
    return result.stop_reason is not None and result.stop_reason.kind is StopKind.TIME


def _decide_on_finding(head: CaseResult, base: CaseResult) -> tuple[Decision, str]:
    if base.verdict.kind in FINDINGS:
        return Decision.UNDECIDED, f"cannot be compared: it {_what(head)}, in the base too"
    if base.verdict.has_number:
        return Decision.FAIL, f"{_what(head)}, and the base does not"
    return Decision.UNDECIDED, f"{_what(head)}, and the base {_what(base)}"


def _decide_on_unmeasured(pair: _Pair) -> tuple[Decision, str]:
    """Decide on a case that both revisions do as promised, and that has no ratio."""
    benchmark = pair.result.benchmark
    if not benchmark.timed or benchmark.ideal is not None:
        return Decision.PASS, ""
    if pair.metric is GateMetric.INSTRUCTIONS:
        return Decision.UNDECIDED, "has no count of instructions: install valgrind, which cannot run services"
    return Decision.UNDECIDED, f"has no ratio: {pair.result.stop_reason or 'no round was measured'}"


def _what(case: CaseResult) -> str:
    reason = f" ({case.verdict.reason})" if case.verdict.reason else ""
    return f"{case.verdict.kind.verb}{reason}"
