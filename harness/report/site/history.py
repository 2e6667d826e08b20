"""Summaries over time → the figures of one case as a series, with the points where it changed. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from harness.report.site.summary import Case, Machine, Summary

FEWEST = 6
"""Figures that a series needs before a change can be told from its noise."""

NEAREST = 2
"""Figures between two changes, at least."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A case at one time, and whether its figure changed here."""

    summary: Summary
    case: Case
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One row on one backend against one baseline, on one machine and the same Pythons, oldest first.

    `build` and `baseline_build` are the builds of Python that the two ran on: only ratios that agree in
    all of these are comparable, as for `loopcmp compare`.
    """

    row: str
    backend: str
    build: str
    baseline: str
    baseline_build: str
    machine: Machine
    moments: tuple[Moment, ...]


def series(summaries: Iterable[Summary]) -> tuple[Series, ...]:
    """Every series in the summaries, its changes marked."""
    found: dict[_Key, list[Moment]] = {}
    for summary in sorted(summaries, key=lambda one: (one.started, one.name)):
        for case in summary.cases:
            found.setdefault(_key(summary, case), []).append(Moment(summary, case))
    return tuple(Series(*key, _marked(moments)) for key, moments in found.items())


_Key = tuple[str, str, str, str, str, Machine]


def _key(summary: Summary, case: Case) -> _Key:
    """The fields of a series but its moments."""
    baseline = summary.baseline
    builds = summary.build_of(case.backend), summary.build_of(baseline)
    return case.row, case.backend, builds[0], baseline, builds[1], summary.machine


def _marked(moments: list[Moment]) -> tuple[Moment, ...]:
    """The moments with changes marked where the time ratio has a new level."""
    timed = [at for at, moment in enumerate(moments) if moment.case.ratio is not None]
    logs = [math.log(moments[at].case.ratio.value) for at in timed]  # type: ignore[union-attr]
    changed = {timed[at] for at in changes(logs)}
    return tuple(Moment(one.summary, one.case, at in changed) for at, one in enumerate(moments))


def changes(values: Sequence[float]) -> tuple[int, ...]:
    """The indexes at which a new level begins, found by ruptures' compiled PELT with a squared-error cost.

    The penalty of a change is 3 s² ln n (the modified BIC of Zhang and Siegmund, Biometrics 63, 2007), with s
    from the median absolute difference of neighbors, which a few changes do not move.
    """
    if len(values) < FEWEST:
        return ()
    import numpy as np  # noqa: PLC0415 - only where a site is built
    import ruptures  # noqa: PLC0415 - as above

    noise = median(abs(b - a) for a, b in pairwise(values)) / (0.6745 * math.sqrt(2))
    penalty = 3 * max(noise, 1e-6) ** 2 * math.log(len(values))
    found = ruptures.KernelCPD(kernel="linear", min_size=NEAREST).fit_predict(np.array(values), pen=penalty)
    return tuple(int(at) for at in found[:-1])
