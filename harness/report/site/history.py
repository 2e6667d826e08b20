"""The figures of one case over time as a series, with the points where it changed."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from harness.analysis.change_points import Figure, change_points
from harness.records.estimate import NORMAL_95
from harness.report.site.summary import CaseSummary, MachineSummary, RecordSummary


@dataclass(frozen=True, slots=True)
class DataPoint:
    """A case at one time, and whether its figure changed here."""

    summary: RecordSummary
    case: CaseSummary
    changed: bool = False


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """One benchmark on one backend against one baseline, on one machine and the same Pythons, oldest first.

    `build` and `baseline_build` are the kinds of Python that the two ran on: only ratios that agree in
    all of these are comparable, as for `loopcmp compare`.
    """

    benchmark: str
    backend: str
    build: str
    baseline: str
    baseline_build: str
    machine: MachineSummary
    points: tuple[DataPoint, ...]


def series(summaries: Iterable[RecordSummary]) -> tuple[CaseHistory, ...]:
    """Return every series in the summaries, its changes marked."""
    points: dict[_Key, list[DataPoint]] = {}
    for summary in sorted(summaries, key=lambda record: (record.started, record.name)):
        for case in summary.cases:
            points.setdefault(_key(summary, case), []).append(DataPoint(summary, case))
    changed = _changes(list(points.values()))
    return tuple(
        CaseHistory(
            *key, tuple(replace(point, changed=index in at) for index, point in enumerate(series_points))
        )
        for (key, series_points), at in zip(points.items(), changed, strict=True)
    )


_Key = tuple[str, str, str, str, str, MachineSummary]
"""The fields of a series but its points."""


def _key(summary: RecordSummary, case: CaseSummary) -> _Key:
    baseline = summary.baseline
    build, baseline_build = summary.python_of(case.backend), summary.python_of(baseline)
    return case.benchmark, case.backend, build, baseline, baseline_build, summary.machine


def _changes(series: Sequence[Sequence[DataPoint]]) -> tuple[set[int], ...]:
    """Return, for each series, the indexes of the points where the time ratio has a new level.

    Figures of two versions of the method may differ by what the methods do: no level has figures of both.
    """
    stretches = [(number, stretch) for number, points in enumerate(series) for stretch in _by_method(points)]
    changes = change_points([[_figure(point) for _, point in stretch] for _, stretch in stretches])
    changed: tuple[set[int], ...] = tuple(set() for _ in series)
    for (number, stretch), indexes in zip(stretches, changes, strict=True):
        changed[number].update(stretch[index][0] for index in indexes)
    return changed


def _by_method(points: Sequence[DataPoint]) -> Iterator[list[tuple[int, DataPoint]]]:
    """Yield the points that have a ratio with their indexes, those measured by one method together."""
    timed = [(index, point) for index, point in enumerate(points) if point.case.ratio is not None]
    for _, stretch in groupby(timed, key=lambda indexed: indexed[1].summary.method):
        yield list(stretch)


def _figure(point: DataPoint) -> Figure:
    """Return the log of a point's ratio with the standard error that its 95% interval stands for."""
    ratio = point.case.ratio
    if ratio is None:
        raise ValueError("a point without a ratio has no figure")
    if ratio.low is None or ratio.high is None or not ratio.low > 0:
        return Figure(math.log(ratio.value), 0.0)
    return Figure(math.log(ratio.value), math.log(ratio.high / ratio.low) / 2 / NORMAL_95)
