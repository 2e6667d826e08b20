"""A gate between two revisions: what the working copy changed, and whether it may go in.

A gate holds times, or the instructions that valgrind counts. A case fails where its whole interval lies
beyond its limit, or where it gives a wrong result that the base does not give. It is undecided where it could
not be measured, or where the time was over before its interval was as narrow as asked, and neither a slowdown
nor its absence is certain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.analysis.gate import CaseLimits, matching_nothing
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


class GateMetric(StrEnum):
    """What a gate holds against its limits."""

    TIME = "time"
    INSTRUCTIONS = "instructions"


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


def _cases(
    plan: Plan, result: BenchmarkResult, limits: CaseLimits, metric: GateMetric
) -> Iterator[RevisedCase]:
    cases = {case.backend: case for case in result.cases}
    ratios = _ratios(plan, result, cases, metric)
    for head, base in plan.pairs_of(result.benchmark):
        backend = head.name.partition("@")[0]
        limit = limits.of(result.benchmark.id, backend)
        ratio = ratios.get(head.name)
        decision, reason = _decide(plan, result, cases[head.name], cases[base.name], ratio, limit, metric)
        if decision is not None:
            yield RevisedCase(result.benchmark.id, backend, decision, limit, ratio, reason)


def _ratios(
    plan: Plan, result: BenchmarkResult, cases: Mapping[str, CaseResult], metric: GateMetric
) -> Mapping[str, Estimate | None]:
    """Return the ratio of each backend of the working copy to that of the base, by the former's name."""
    if metric is GateMetric.TIME:
        return {contrast.arm: contrast.ratio for contrast in result.contrasts}
    return {
        head.name: instructions_ratio(cases[head.name], cases[base.name], plan.level)
        for head, base in plan.pairs_of(result.benchmark)
    }


def _decide(
    plan: Plan,
    result: BenchmarkResult,
    head: CaseResult,
    base: CaseResult,
    ratio: Estimate | None,
    limit: float | None,
    metric: GateMetric,
) -> tuple[Decision | None, str]:
    """Return the decision on a case with its reason; None for one that neither revision supports."""
    if ratio is not None:
        return _decide_by_ratio(plan, result, ratio, limit, metric)
    if head.verdict.kind in FINDINGS:
        return _decide_on_finding(head, base)
    kinds = {head.verdict.kind, base.verdict.kind}
    if kinds == {Verdict.UNSUPPORTED}:
        return None, ""
    if head.verdict.has_number and base.verdict.kind in FINDINGS:
        return Decision.PASS, f"is mended: before, it {_what(base)}"
    if head.verdict.has_number and base.verdict.has_number:
        return _decide_without_ratio(result, metric)
    worse = base if head.verdict.has_number else head
    return Decision.UNDECIDED, f"{'the base' if worse is base else 'the working copy'} {_what(worse)}"


def _decide_by_ratio(
    plan: Plan, result: BenchmarkResult, ratio: Estimate, limit: float | None, metric: GateMetric
) -> tuple[Decision, str]:
    if limit is None:
        return Decision.PASS, ""
    if ratio.low is None or ratio.high is None:
        return Decision.UNDECIDED, f"{ratio.rounds} rounds are too few for an interval"
    if metric is GateMetric.INSTRUCTIONS:
        beyond = ratio.low > 1 + max(limit, RESOLUTION)
        return Decision.FAIL if beyond else Decision.PASS, ""
    if ratio.low > 1 + limit:
        return Decision.FAIL, ""
    if ratio.high <= 1 + limit or ratio.half_width <= plan.effort.precision or not _ended_early(result):
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


def _decide_without_ratio(result: BenchmarkResult, metric: GateMetric) -> tuple[Decision, str]:
    """Decide on a case that both revisions do as promised, and that has no ratio."""
    if not result.benchmark.timed or result.benchmark.ideal is not None:
        return Decision.PASS, ""
    if metric is GateMetric.INSTRUCTIONS:
        return Decision.UNDECIDED, "has no count of instructions: install valgrind, which cannot run services"
    return Decision.UNDECIDED, f"has no ratio: {result.stop_reason or 'no round was measured'}"


def _what(case: CaseResult) -> str:
    reason = f" ({case.verdict.reason})" if case.verdict.reason else ""
    return f"{case.verdict.kind.verb}{reason}"
