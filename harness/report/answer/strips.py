"""The one chart: strips for each family and backend, with a dot for each benchmark and a bar for the mean."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.families import FamilyFigure, families_of, family_figures
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.records.record import BenchmarkResult, Record
from harness.report.answer.families import asked_first, family_title
from harness.report.answer.twins import twin_cases
from harness.report.answer.words import change_words
from harness.report.backend_names import backend_order, shown_names
from harness.report.formatting import format_ratio

NATIVE = "native"
"""The family of the twins: scenarios on a loop's own API."""

FURTHEST = math.log(8.0)
"""The logarithm of the ratio at which an axis ends at the latest; dots beyond it stand at its end."""

_TICKS = (
    (1 / 8, "an eighth"),
    (1 / 4, "a quarter"),
    (1 / 2, "half the time"),
    (1.0, "same"),
    (2.0, "twice"),
    (4.0, "4 times"),
    (8.0, "8 times"),
)
"""The ratios that an axis may mark, in words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ratio stands on a strip, in percent of its width from the left."""

    percent: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A benchmark on a strip: where it stands, how it is judged, and what is said of it.

    `row` counts the record's benchmarks and `column` its backends, baseline first, both from 1: they name the
    case's evidence on the page.
    """

    place: Place
    judgement: Judgement
    benchmark: str
    words: str
    row: int
    column: int
    hollow: bool = False
    """Whether it is of the loop's own API, without AnyIO."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A family on a backend: what its mean says in words, where that stands, and the dots.

    Twins on loops of their own have no mean: `mean` is then None, and the words count them.
    """

    words: str
    judgement: Judgement
    mean: Place | None
    count: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class StripRow:
    """A family with a strip for each backend; None where a backend has no ratio in it."""

    family: str
    title: str
    strips: tuple[Strip | None, ...]


@dataclass(frozen=True, slots=True)
class StripChart:
    """All families, with a column of strips for each backend but the baseline, all on one axis."""

    baseline: str
    backends: tuple[str, ...]
    rows: tuple[StripRow, ...]
    ticks: tuple[tuple[Place, str], ...]
    same: Place


def strip_chart(record: Record) -> StripChart | None:
    """Return the one chart of a record; None where nothing was compared."""
    figures = family_figures(record)
    if not figures:
        return None
    baseline = record.run.plan.baseline
    backends = backend_order(record)[1:]
    axis = _Axis.over(list(_ratios(record)))
    shown = shown_names(record.backends)
    return StripChart(
        baseline=shown[baseline],
        backends=tuple(shown[name] for name in backends),
        rows=tuple(
            StripRow(
                family,
                family_title(family),
                tuple(
                    _strip(record, axis, _figure(figures, family, name))
                    or (_twin_strip(record, axis, name) if family == NATIVE else None)
                    for name in backends
                ),
            )
            for family in asked_first(families_of(figures))
        ),
        ticks=tuple(axis.ticks()),
        same=axis.place(1.0),
    )


def _figure(figures: Sequence[FamilyFigure], family: str, backend: str) -> FamilyFigure | None:
    alike = (figure for figure in figures if (figure.family, figure.backend) == (family, backend))
    return next(alike, None)


def _ratios(record: Record) -> Iterator[Estimate]:
    for result in record.results:
        for case in result.cases:
            if case.timing is not None and case.timing.ratio is not None:
                yield case.timing.ratio
        yield from (twin.ratio for twin in twin_cases(record, result) if twin.ratio is not None)


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis of ratios on a log scale; its ends are logarithms."""

    low: float
    high: float

    @classmethod
    def over(cls, ratios: Sequence[Estimate]) -> "_Axis":
        """Return an axis that holds these ratios, and half and twice the time with some room beside them."""
        logs = [math.log(ratio.value) for ratio in ratios]
        room = math.log(1.2)
        low, high = min(-math.log(2.0), *logs) - room, max(math.log(2.0), *logs) + room
        return cls(max(low, -FURTHEST), min(high, FURTHEST))

    def place(self, ratio: float) -> Place:
        """Return where a ratio stands; one beyond an end stands at the end."""
        share = (math.log(ratio) - self.low) / (self.high - self.low)
        return Place(round(100 * min(0.99, max(0.01, share)), 2))

    def ticks(self) -> Iterator[tuple[Place, str]]:
        """Yield the marks that lie on the axis, with their words."""
        for ratio, words in _TICKS:
            if self.low < math.log(ratio) < self.high:
                yield self.place(ratio), words


def _strip(record: Record, axis: _Axis, figure: FamilyFigure | None) -> Strip | None:
    if figure is None:
        return None
    return Strip(
        words=change_words(figure.ratio, figure.judgement, record.run.plan.margin, of="time"),
        judgement=figure.judgement,
        mean=axis.place(figure.ratio.value),
        count=len(figure.benchmarks),
        dots=tuple(_dots(record, axis, figure)),
    )


def _dots(record: Record, axis: _Axis, figure: FamilyFigure) -> Iterator[Dot]:
    plan = record.run.plan
    column = backend_order(record).index(figure.backend) + 1
    for row, result in enumerate(record.results, start=1):
        for case in result.cases if result.benchmark.id in figure.benchmarks else ():
            if case.backend == figure.backend and case.timing and (ratio := case.timing.ratio):
                judgement = case.timing.judgement or Judgement.NO_CLEAR_DIFFERENCE
                words = f"{change_words(ratio, judgement, plan.margin, of='time')}, {format_ratio(ratio)}"
                hollow = figure.family == NATIVE
                yield Dot(axis.place(ratio.value), judgement, result.benchmark.id, words, row, column, hollow)
    if figure.family != NATIVE:
        hosts = [result for result in record.results if result.benchmark.id in figure.benchmarks]
        yield from _twin_dots(record, axis, figure.backend, hosts)


def _twin_dots(record: Record, axis: _Axis, backend: str, hosts: Sequence[BenchmarkResult]) -> Iterator[Dot]:
    """Yield a hollow dot for each of these benchmarks that was also compared on the loops' own APIs."""
    margin, column = record.run.plan.margin, backend_order(record).index(backend) + 1
    for host in hosts:
        for twin in twin_cases(record, host):
            if twin.backend == backend and twin.ratio is not None and twin.judgement is not None:
                words = change_words(twin.ratio, twin.judgement, margin, of="time")
                shown = f"on the loop's own API, without AnyIO: {words}, {format_ratio(twin.ratio)}"
                place = axis.place(twin.ratio.value)
                yield Dot(place, twin.judgement, host.benchmark.id, shown, twin.row, column, hollow=True)


def _twin_strip(record: Record, axis: _Axis, backend: str) -> Strip | None:
    """Return the strip of the twins that were written for a loop alone; None where none was compared."""
    dots = tuple(_twin_dots(record, axis, backend, record.results))
    if not dots:
        return None
    counts = Counter(dot.judgement for dot in dots)
    surest = max(DIRECTIONS, key=lambda judgement: counts[judgement])
    words = f"{surest} in {counts[surest]} of {len(dots)}"
    alone = counts[surest] == len(dots)
    return Strip(words, surest if alone else Judgement.NO_CLEAR_DIFFERENCE, None, len(dots), dots)
