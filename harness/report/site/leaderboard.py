"""A record's backends in order: who does what is promised before who takes less time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.records.estimate import Estimate
from harness.report.site.summary import CaseSummary, Interval, RecordSummary, is_right, was_observed


@dataclass(frozen=True, slots=True)
class Standing:
    """A backend's place: cases that are right, and the typical ratio over the rows that all compared share.

    `observed` leaves out the cases that were unavailable; a backend without any other stands last.
    `first` and `last` are the places it may have: they differ where intervals overlap, which is a tie.
    """

    backend: str
    kept: int
    observed: int
    ratio: Estimate | None
    first: int
    last: int

    @property
    def kept_text(self) -> str:
        """In how many cases it did what is promised or documented, in words."""
        return f"{self.kept} of {self.observed}" if self.observed else "not observed"


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The standings of one record; `rows` are those that the typical ratios are taken over."""

    summary: RecordSummary
    rows: tuple[str, ...]
    standings: tuple[Standing, ...]


def leaderboard(summary: RecordSummary) -> Leaderboard:
    """The standings of a record's backends."""
    seen = [case for case in summary.cases if was_observed(case)]
    cases = {name: [case for case in seen if case.backend == name] for name in summary.backends}
    ratios = {name: _ratios(summary, some) for name, some in cases.items()}
    timed = {name: some for name, some in ratios.items() if some}
    rows = tuple(
        row
        for row in dict.fromkeys(case.benchmark for case in summary.cases)
        if timed and all(row in some for some in timed.values())
    )
    typical = {name: _typical([some[row] for row in rows]) for name, some in timed.items()} if rows else {}
    right = {name: sum(map(is_right, some)) for name, some in cases.items()}
    wrong = {name: len(some) - right[name] if some else math.inf for name, some in cases.items()}
    standings = [
        Standing(name, right[name], len(cases[name]), typical.get(name), *_places(name, wrong, typical))
        for name in summary.backends
    ]
    return Leaderboard(summary, rows, tuple(sorted(standings, key=_order)))


def _order(standing: Standing) -> tuple[int, int, float]:
    return standing.first, standing.last, standing.ratio.value if standing.ratio else math.inf


def _ratios(summary: RecordSummary, cases: Sequence[CaseSummary]) -> dict[str, Interval]:
    """The ratios that have an interval, by row; the baseline's are 1."""
    found: dict[str, Interval] = {}
    for case in cases:
        if case.backend == summary.baseline and case.seconds is not None and case.excess is None:
            found[case.benchmark] = Interval(1.0, 1.0, 1.0)
        elif case.ratio is not None and case.ratio.low is not None:
            found[case.benchmark] = case.ratio
    return found


def _typical(ratios: Sequence[Interval]) -> Estimate:
    """The geometric mean. Its ends are those of the ends, which hold together as a run's intervals do."""

    def mean(ends: Sequence[float]) -> float:
        return math.exp(math.fsum(map(math.log, ends)) / len(ends))

    lows, highs = [one.low or one.value for one in ratios], [one.high or one.value for one in ratios]
    return Estimate(mean([one.value for one in ratios]), mean(lows), mean(highs), len(ratios))


def _places(name: str, wrong: dict[str, float], typical: dict[str, Estimate]) -> tuple[int, int]:
    """The best and the worst place that a backend may have."""
    others = [other for other in wrong if other != name]
    before = sum(_is_before(other, name, wrong, typical) for other in others)
    after = sum(_is_before(name, other, wrong, typical) for other in others)
    return before + 1, len(wrong) - after


def _is_before(one: str, other: str, wrong: dict[str, float], typical: dict[str, Estimate]) -> bool:
    """Whether one certainly stands before the other: fewer wrong, or as many and certainly less time.

    Of a backend that was not observed, `wrong` is infinite.
    """
    if wrong[one] != wrong[other]:
        return wrong[one] < wrong[other]
    mine, theirs = typical.get(one), typical.get(other)
    if mine is None or theirs is None:
        return mine is not None
    return mine.high is not None and theirs.low is not None and mine.high < theirs.low
