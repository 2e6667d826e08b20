"""A record's backends in order: who does what is promised before who takes less time."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.records.estimate import Estimate
from harness.records.verdict import Verdict
from harness.report.answer.families import asked_first, family_title
from harness.report.formatting import ratio_figure
from harness.report.overall import ratio_text
from harness.report.site.summary import CaseSummary, RecordSummary

_ONE = Estimate(1.0, 1.0, 1.0, 0)
"""The time ratio of the baseline, which others are compared with."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A backend's place: the cases in which it keeps its promise, and its overall time ratio.

    Of those that it keeps, `known` are kept with a known difference. `observed` leaves out the cases that
    were unavailable; a backend without any other stands last.
    `first` and `last` are the places it may have: they differ where intervals overlap, which is a tie.
    """

    backend: str
    kept: int
    observed: int
    ratio: Estimate | None
    first: int
    last: int
    known: int = 0

    @property
    def kept_text(self) -> str:
        """In how many cases it did what is promised, and in how many what is documented instead, in words."""
        if not self.observed:
            return "not observed"
        known = f" + {self.known} known" if self.known else ""
        return f"{self.kept - self.known}{known} of {self.observed}"

    @property
    def place(self) -> str:
        """Its place, or the first and the last of those that it may have."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class RankStrip:
    """An interval and its middle on the axis of a leaderboard, in percent of its width from the left."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The standings of one record, in all kinds of work together or in the one that is its title.

    `ends` are the ratios at the ends of its axis, where it shares that with other boards.
    """

    summary: RecordSummary
    standings: tuple[Standing, ...]
    title: str = ""
    ends: tuple[float, float] | None = None

    def strip(self, standing: Standing) -> RankStrip | None:
        """Return where a backend's interval stands on the axis of its board; None where it has none."""
        ratio = _ONE if standing.backend == self.summary.baseline else standing.ratio
        if ratio is None or ratio.low is None or ratio.high is None:
            return None
        low, high = (math.log(end) for end in self._axis)
        ends = (ratio.low, ratio.value, ratio.high)
        return RankStrip(*(round(100 * (math.log(end) - low) / (high - low), 2) for end in ends))

    @property
    def same(self) -> float:
        """Where the baseline stands on the axis, in percent of its width from the left."""
        low, high = (math.log(end) for end in self._axis)
        return round(100 * -low / (high - low), 2)

    @property
    def _axis(self) -> tuple[float, float]:
        return self.ends or axis_ends(standing.ratio for standing in self.standings)

    def ratio_text(self, standing: Standing) -> str:
        """Return a backend's overall ratio as the page of the record says it."""
        if standing.backend == self.summary.baseline:
            return "baseline"
        if standing.ratio is not None and self.title:
            return str(ratio_figure(standing.ratio))
        if self.summary.overall is None or standing.ratio is None:
            return "no number"
        return ratio_text(self.summary.overall, standing.ratio)


def axis_ends(ratios: Iterable[Estimate | None]) -> tuple[float, float]:
    """Return the ratios at the ends of an axis: all intervals and the baseline, with some room."""
    known = [ratio for ratio in ratios if ratio is not None]
    lows = [ratio.low for ratio in known if ratio.low is not None]
    highs = [ratio.high for ratio in known if ratio.high is not None]
    return min(1.0, *lows) / 1.1 if lows else 0.9, max(1.0, *highs) * 1.1 if highs else 1.1


def leaderboard(summary: RecordSummary) -> Leaderboard:
    """Return the standings of a record's backends; their time ratios are the record's overall figures."""
    return Leaderboard(summary, _standings(summary, summary.cases, _ratios(summary)))


def family_boards(summary: RecordSummary) -> tuple[Leaderboard, ...]:
    """Return the standings in each kind of work, all on one axis; none where there is one kind alone."""
    families = asked_first(dict.fromkeys(figure.family for figure in summary.families))
    ends = axis_ends(figure.ratio for figure in summary.families)
    boards = (_family_board(summary, family, ends) for family in families)
    return tuple(boards) if len(families) > 1 else ()


def _family_board(summary: RecordSummary, family: str, ends: tuple[float, float]) -> Leaderboard:
    """Return the standings of the backends that have a figure in a family, and of the baseline."""
    figures = {figure.backend: figure.ratio for figure in summary.families if figure.family == family}
    ratios = {summary.baseline: _ONE, **figures}
    scenarios = {scenario.name for scenario in summary.scenarios if scenario.family == family}
    cases = [case for case in summary.cases if case.scenario in scenarios and case.backend in ratios]
    return Leaderboard(summary, _standings(summary, cases, ratios), family_title(family), ends)


def _standings(
    summary: RecordSummary, cases: Sequence[CaseSummary], ratios: Mapping[str, Estimate]
) -> tuple[Standing, ...]:
    """Return the standings by these cases and ratios of the backends that have cases."""
    observed = {
        name: [case for case in cases if case.backend == name and case.was_observed]
        for name in summary.backends
        if any(case.backend == name for case in cases)
    }
    wrong = {name: _wrong(mine) for name, mine in observed.items()}
    standings = [
        Standing(
            name,
            sum(case.is_right for case in mine),
            len(mine),
            None if name == summary.baseline else ratios.get(name),
            *_places(name, wrong, ratios),
            sum(case.verdict == Verdict.KNOWN_DIFFERENCE for case in mine),
        )
        for name, mine in observed.items()
    ]
    return tuple(sorted(standings, key=lambda standing: _order(standing, ratios)))


def _ratios(summary: RecordSummary) -> dict[str, Estimate]:
    """Return the time ratios that backends are ordered by; that of the baseline is 1."""
    if summary.overall is None:
        return {}
    figures = {figure.backend: figure.ratio for figure in summary.overall.backends}
    return {summary.baseline: _ONE, **figures}


def _wrong(observed: Sequence[CaseSummary]) -> float:
    """Return in how many cases a promise was broken; infinity where nothing was observed."""
    return sum(not case.is_right for case in observed) if observed else math.inf


def _order(standing: Standing, ratios: Mapping[str, Estimate]) -> tuple[int, int, float]:
    ratio = ratios.get(standing.backend)
    return standing.first, standing.last, ratio.value if ratio else math.inf


def _places(name: str, wrong: Mapping[str, float], ratios: Mapping[str, Estimate]) -> tuple[int, int]:
    """Return the best and the worst place that a backend may have."""
    others = [other for other in wrong if other != name]
    before = sum(_is_before(other, name, wrong, ratios) for other in others)
    after = sum(_is_before(name, other, wrong, ratios) for other in others)
    return before + 1, len(wrong) - after


def _is_before(backend: str, other: str, wrong: Mapping[str, float], ratios: Mapping[str, Estimate]) -> bool:
    """Decide whether a backend is certainly before another: fewer wrong, or as many and less time."""
    if wrong[backend] != wrong[other]:
        return wrong[backend] < wrong[other]
    mine, theirs = ratios.get(backend), ratios.get(other)
    if mine is None or theirs is None:
        return mine is not None
    return mine.high is not None and theirs.low is not None and mine.high < theirs.low
