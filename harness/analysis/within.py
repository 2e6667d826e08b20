"""The backends of one record against any one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.analysis.intervals import estimate, judge_ratio
from harness.errors import BadInput
from harness.records.estimate import Estimate, Judgement, confidence_level
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.verdict import Verdict

Case = tuple[str, str]
"""The row's id and the backend's name."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A case that should have been compared and has no number, and why."""

    row: str
    backend: str
    because: str


@dataclass(frozen=True, slots=True)
class Against:
    """A backend's time divided by that of the baseline, within the same rounds."""

    row: str
    backend: str
    ratio: Estimate
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Within:
    """The backends of one record against one of them; `level` is that of one interval."""

    baseline: str
    backends: tuple[str, ...]
    level: float
    adjusted: bool
    ratios: tuple[Against, ...]
    missing: tuple[Missing, ...]
    kind: Literal["within"] = "within"

    def sessions_of(self) -> dict[Case, tuple[Estimate, ...]]:
        """What a limit is held against: here one session a case."""
        return {(one.row, one.backend): (one.ratio,) for one in self.ratios}


def within(
    record: Record, baseline: str | None = None, backends: Sequence[str] = (), *, adjusted: bool = False
) -> Within:
    """The backends of one record against any one of them. Raises BadInput for a backend it has not.

    Samples are the differences of log ratios within the same round. With `adjusted` the intervals
    hold together at 95% even where the run's own (--fast) do not.
    """
    plan = record.run.plan
    base = backend_named(record, baseline or plan.baseline)
    chosen = [backend_named(record, name) for name in backends] or list(record.backends)
    others = tuple(name for name in record.backends if name in chosen and name != base)
    level = confidence_level(plan.comparisons) if adjusted else plan.level
    found = [one for line in record.results for one in _row_within(plan, line, base, others, level)]
    return Within(
        baseline=base,
        backends=others,
        level=level,
        adjusted=adjusted or plan.effort.adjusted,
        ratios=tuple(one for one in found if isinstance(one, Against)),
        missing=tuple(one for one in found if isinstance(one, Missing)),
    )


def backend_named(record: Record, name: str) -> str:
    """The record's backend of this name; a bare loop name means its first."""
    for backend in record.run.plan.backends:
        if name in (backend.name, backend.loop.name):
            return backend.name
    raise BadInput(f"the record has no {name}: it has {', '.join(record.backends)}")


def _row_within(
    plan: Plan, line: BenchmarkResult, base: str, others: Sequence[str], level: float
) -> Iterator[Against | Missing]:
    place = plan.column_of(base, line.benchmark)
    if not line.benchmark.timed or line.benchmark.ideal is not None or place is None:
        return
    cells = {cell.backend: cell for cell in line.cases}
    below = _samples(plan, line, cells[place])
    for name in others:
        if name not in cells or name == place:
            continue
        mine = _samples(plan, line, cells[name])
        if mine and below and len(mine) == len(below):
            ratio = estimate([a - b for a, b in zip(mine, below, strict=True)], level).exp()
            yield Against(line.benchmark.id, name, ratio, judge_ratio(ratio, plan.margin))
        elif _expected(cells[name], line):
            yield Missing(line.benchmark.id, name, why_no_number(cells[name]))


def _samples(plan: Plan, line: BenchmarkResult, cell: CaseResult) -> tuple[float, ...]:
    """A cell's log ratios to the record's baseline; zeros for the baseline itself."""
    if cell.timing is None:
        return ()
    return (0.0,) * line.rounds if cell.backend == plan.baseline else cell.timing.samples


def _expected(cell: CaseResult, line: BenchmarkResult) -> bool:
    """Whether a case without a number is one that should have one: not what nothing could time."""
    if cell.verdict.kind is Verdict.UNSUPPORTED:
        return False
    return line.rounds > 0 or not cell.verdict.has_number


def why_no_number(cell: CaseResult) -> str:
    """Why a case has no ratio: what was observed of it, or that the baseline has no number."""
    if cell.timing is None:
        because = f": {cell.verdict.reason}" if cell.verdict.reason else ""
        return f"no number, for it {cell.verdict.kind.verb}{because}"
    return "the baseline has no number"
