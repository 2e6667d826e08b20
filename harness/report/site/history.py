"""Summaries over time → the figures of one case as a series, with the points where it changed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.analysis.change_points import change_points
from harness.report.site.summary import CaseSummary, MachineSummary, RecordSummary


@dataclass(frozen=True, slots=True)
class DataPoint:
    """A case at one time, and whether its figure changed here."""

    summary: RecordSummary
    case: CaseSummary
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One row on one backend against one baseline, on one machine and the same Pythons, oldest first.

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


def series(summaries: Iterable[RecordSummary]) -> tuple[Series, ...]:
    """Every series in the summaries, its changes marked."""
    found: dict[_Key, list[DataPoint]] = {}
    for summary in sorted(summaries, key=lambda one: (one.started, one.name)):
        for case in summary.cases:
            found.setdefault(_key(summary, case), []).append(DataPoint(summary, case))
    return tuple(Series(*key, _marked(moments)) for key, moments in found.items())


_Key = tuple[str, str, str, str, str, MachineSummary]


def _key(summary: RecordSummary, case: CaseSummary) -> _Key:
    """The fields of a series but its moments."""
    baseline = summary.baseline
    builds = summary.build_of(case.backend), summary.build_of(baseline)
    return case.benchmark, case.backend, builds[0], baseline, builds[1], summary.machine


def _marked(moments: list[DataPoint]) -> tuple[DataPoint, ...]:
    """The moments with changes marked where the time ratio has a new level."""
    timed = [at for at, moment in enumerate(moments) if moment.case.ratio is not None]
    logs = [math.log(moments[at].case.ratio.value) for at in timed]  # type: ignore[union-attr]
    changed = {timed[at] for at in change_points(logs)}
    return tuple(DataPoint(one.summary, one.case, at in changed) for at, one in enumerate(moments))
