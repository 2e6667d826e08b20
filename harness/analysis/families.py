"""The figure of a family: what a backend's benchmarks of one kind come to together, with an interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.intervals import judge_ratio
from harness.analysis.kinds_of_work import kind_of_work
from harness.analysis.means import Part, mean_ratio, with_enough_rounds
from harness.analysis.overall import CONTROL
from harness.records.estimate import Estimate, Judgement, confidence_level
from harness.records.record import CaseResult, Record, Timing


@dataclass(frozen=True, slots=True)
class FamilyFigure:
    """A backend's time ratio over the benchmarks of one family: the geometric mean of their ratios.

    `family` is their kind of work: services over HTTP, say, are a family of their own.
    `benchmarks` are the ids that it rests on, in the plan's order: where any has the rounds that an interval
    needs, those that have.
    """

    family: str
    backend: str
    ratio: Estimate
    judgement: Judgement
    benchmarks: tuple[str, ...]


def family_figures(record: Record) -> tuple[FamilyFigure, ...]:
    """Return the figure of every family on every backend that has a ratio in it, family by family.

    Benchmarks that sleep have no ratio, and controls, which are there to show that nothing differs, are left
    out. The intervals of a run at default effort hold together at 95%; those of a run with --fast are 95%
    each, as the benchmarks' own are.
    """
    cases = _cases_by_family(record)
    plan = record.run.plan
    level = confidence_level(len(cases) if plan.effort.adjusted else 1)
    return tuple(_figure(place, members, level=level, margin=plan.margin) for place, members in cases.items())


_Place = tuple[str, str]
"""A family and a backend."""

_Members = list[tuple[str, CaseResult]]
"""The cases of a family on a backend, each with the id of its benchmark."""


def _cases_by_family(record: Record) -> dict[_Place, _Members]:
    cases: dict[_Place, _Members] = {}
    for result in record.results:
        if CONTROL in result.benchmark.tags:
            continue
        for case in result.cases:
            if case.timing is not None and case.timing.ratio is not None:
                place = (kind_of_work(result.benchmark), case.backend)
                cases.setdefault(place, []).append((result.benchmark.id, case))
    return cases


def _figure(place: _Place, members: _Members, *, level: float, margin: float) -> FamilyFigure:
    family, backend = place
    timed = with_enough_rounds(list(_timed(members)), lambda pair: len(pair[1].samples))
    timings = [timing for _, timing in timed]
    if len(timings) == 1 and timings[0].ratio is not None:
        mean = timings[0].ratio
    else:
        mean = mean_ratio([Part(timing.samples, 1 / len(timings)) for timing in timings], level)
    return FamilyFigure(family, backend, mean, judge_ratio(mean, margin), tuple(name for name, _ in timed))


def _timed(members: _Members) -> Iterator[tuple[str, Timing]]:
    yield from ((name, case.timing) for name, case in members if case.timing is not None)


def families_of(figures: Sequence[FamilyFigure]) -> Iterator[str]:
    """Yield the families that have a figure, in their order."""
    yield from dict.fromkeys(figure.family for figure in figures)
