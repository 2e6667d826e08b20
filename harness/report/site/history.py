"""The figures of one case over time as a series, with the points where it changed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.analysis.change_points import change_points
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

    `build` and `baseline_build` are the builds of Python that the two ran on: only ratios that agree in
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
    return tuple(CaseHistory(*key, _with_changes(series_points)) for key, series_points in points.items())


_Key = tuple[str, str, str, str, str, MachineSummary]
"""The fields of a series but its points."""


def _key(summary: RecordSummary, case: CaseSummary) -> _Key:
    baseline = summary.baseline
    build, baseline_build = summary.build_of(case.backend), summary.build_of(baseline)
    return case.benchmark, case.backend, build, baseline, baseline_build, summary.machine


def _with_changes(points: Sequence[DataPoint]) -> tuple[DataPoint, ...]:
    """Return the points, marked where the time ratio has a new level."""
    timed = [
        (index, math.log(point.case.ratio.value))
        for index, point in enumerate(points)
        if point.case.ratio is not None
    ]
    changed = {timed[index][0] for index in change_points([ratio for _, ratio in timed])}
    return tuple(replace(point, changed=index in changed) for index, point in enumerate(points))
