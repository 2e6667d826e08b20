"""The backends of one record against any one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.analysis.intervals import judge_ratio, ratio_in
from harness.errors import BadInput
from harness.records.entries import RunStarted
from harness.records.estimate import Estimate, Judgement, confidence_level
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Verdict

Case = tuple[str, str]
"""A case as the benchmark's id and the backend's name."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A case that should have been compared and has no number, and why."""

    benchmark: str
    backend: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatioToBaseline:
    """A backend's time divided by that of the baseline, within the same rounds."""

    benchmark: str
    backend: str
    ratio: Estimate
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class ComparisonWithin:
    """The backends of one record against one of them; `level` is that of one interval."""

    baseline: str
    backends: tuple[str, ...]
    level: float
    adjusted: bool
    ratios: tuple[RatioToBaseline, ...]
    missing: tuple[Missing, ...]
    kind: Literal["within"] = "within"
    """What a program that reads the JSON tells the two comparisons apart by."""

    @property
    def sessions(self) -> int:
        """The number of sessions that a case is compared in: here that of the record itself."""
        return 1

    def sessions_of(self) -> dict[Case, tuple[Estimate, ...]]:
        """Return what a limit is held against: of each case, its one ratio."""
        return {(ratio.benchmark, ratio.backend): (ratio.ratio,) for ratio in self.ratios}


def within(
    record: Record, baseline: str | None = None, backends: Sequence[str] = (), *, adjusted: bool = False
) -> ComparisonWithin:
    """Compare the backends of one record with any one of them.

    Samples are the differences of log ratios within the same round. With `adjusted` the intervals hold
    together at 95% even where the run's own (--fast) do not. Raises BadInput for a backend that the record
    does not have.
    """
    run, plan = record.run, record.run.plan
    base = backend_named(record, baseline or plan.baseline)
    chosen = [backend_named(record, name) for name in backends] or list(record.backends)
    others = tuple(name for name in record.backends if name in chosen and name != base)
    level = confidence_level(plan.comparisons) if adjusted else plan.level
    compared = [
        case for result in record.results for case in _compare_cases(run, result, base, others, level)
    ]
    return ComparisonWithin(
        baseline=base,
        backends=others,
        level=level,
        adjusted=adjusted or plan.effort.adjusted,
        ratios=tuple(case for case in compared if isinstance(case, RatioToBaseline)),
        missing=tuple(case for case in compared if isinstance(case, Missing)),
    )


def backend_named(record: Record, name: str) -> str:
    """Return the full name of a backend of the record; a bare loop name means its first backend.

    Raises BadInput where the record has none of that name.
    """
    for backend in record.run.plan.backends:
        if name in (backend.name, backend.loop.name):
            return backend.name
    raise BadInput(f"the record has no {name}: it has {', '.join(record.backends)}")


def _compare_cases(
    run: RunStarted, result: BenchmarkResult, base: str, others: Sequence[str], level: float
) -> Iterator[RatioToBaseline | Missing]:
    plan = run.plan
    place = plan.column_of(base, result.benchmark)
    if not result.benchmark.timed or result.benchmark.ideal is not None or place is None:
        return
    cases = {case.backend: case for case in result.cases}
    baseline_samples = _samples(plan, result, cases[place])
    for name in others:
        if name not in cases or name == place:
            continue
        own_samples = _samples(plan, result, cases[name])
        if own_samples and baseline_samples and len(own_samples) == len(baseline_samples):
            differences = [a - b for a, b in zip(own_samples, baseline_samples, strict=True)]
            ratio = ratio_in(run, differences, level).exp()
            yield RatioToBaseline(result.benchmark.id, name, ratio, judge_ratio(ratio, plan.margin))
        elif _expected(cases[name], result):
            yield Missing(result.benchmark.id, name, why_no_number(cases[name]))


def _samples(plan: Plan, result: BenchmarkResult, case: CaseResult) -> tuple[float, ...]:
    """Return a case's log ratios to the record's baseline; zeros for the baseline itself."""
    if case.timing is None:
        return ()
    return (0.0,) * result.rounds if case.backend == plan.baseline else case.timing.samples


def _expected(case: CaseResult, result: BenchmarkResult) -> bool:
    """Decide whether a case without a number should have one: not where nothing could be timed."""
    if case.verdict.kind is Verdict.UNSUPPORTED:
        return False
    return result.rounds > 0 or not case.verdict.has_number


def why_no_number(case: CaseResult) -> str:
    """Say why a case has no ratio: what was observed of it, or that the baseline has no number."""
    if case.timing is None:
        reason = f": {case.verdict.reason}" if case.verdict.reason else ""
        return f"no number, for it {case.verdict.kind.verb}{reason}"
    return "the baseline has no number"
