"""A loop on the site: its card on the front page, and its strips by kind of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.analysis.intervals import judge_ratio
from harness.analysis.kinds_of_work import SERVICES
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.report.answer.families import family_title
from harness.report.answer.strips import StripChart, StripRow
from harness.report.answer.words import change_words
from harness.report.site.differences import differences_of, differences_text
from harness.report.site.leaderboard import Leaderboard, Standing
from harness.report.site.names import slug
from harness.report.site.newest import services_chart, services_record
from harness.report.site.summary import RecordSummary, loop_of


@dataclass(frozen=True, slots=True)
class CardFigure:
    """What a loop takes against the baseline, in words, and what that is of."""

    of: str
    words: str
    css_class: str


@dataclass(frozen=True, slots=True)
class LoopCard:
    """A loop on the front page: its page, its version, what it takes against the baseline, where it differs.

    `differences` counts its findings and known differences; empty where it was observed in no record.
    """

    name: str
    page: str
    version: str
    figures: tuple[CardFigure, ...]
    differences: str = ""


@dataclass(frozen=True, slots=True)
class LoopStrips:
    """A loop's strips in the newest record that has any, and in how many kinds of work it is judged how."""

    summary: RecordSummary
    chart: StripChart
    less: int
    more: int
    unclear: int


def loop_card(loop: str, boards: Sequence[Leaderboard], newest_first: Sequence[RecordSummary]) -> LoopCard:
    """Return the card of a loop: its services, and all together on the first board that has it."""
    places = ((board, each) for board in boards for each in board.standings if loop_of(each.backend) == loop)
    board, standing = next(places, (None, None))
    observed = any(
        loop_of(case.backend) == loop and case.was_observed
        for summary in newest_first
        for case in summary.cases
    )
    version = "" if board is None or standing is None else _version(board.summary, standing.backend)
    return LoopCard(
        loop,
        f"loops/{slug(loop)}.html",
        version,
        (*_http_figure(loop, newest_first), _overall_figure(board, standing)),
        differences_text(differences_of(loop, newest_first)) if observed else "",
    )


def _version(summary: RecordSummary, backend: str) -> str:
    return summary.versions_of(backend).get(loop_of(backend), "")


def _http_figure(loop: str, newest_first: Sequence[RecordSummary]) -> Iterator[CardFigure]:
    """Yield what a loop takes in HTTP services, as the newest record of services has it, if it has that."""
    summary = services_record(newest_first)
    for figure in () if summary is None else summary.families:
        if summary is not None and figure.family == SERVICES[0] and loop_of(figure.backend) == loop:
            yield _figure(family_title(figure.family), summary, figure.ratio)
            return


def _overall_figure(board: Leaderboard | None, standing: Standing | None) -> CardFigure:
    if board is None or standing is None:
        return CardFigure("", "in no finished record", "")
    summary, overall = board.summary, board.summary.overall
    if standing.backend == summary.baseline:
        return CardFigure("", "what the others are compared with", "")
    if standing.ratio is None or overall is None:
        return CardFigure("", "no time", "")
    kinds = len(overall.families)
    of = f"mean of the {kinds} kinds of work in {summary.title}" if kinds > 1 else summary.title
    return _figure(of, summary, standing.ratio)


def _figure(of: str, summary: RecordSummary, ratio: Estimate) -> CardFigure:
    judgement = judge_ratio(ratio, summary.margin)
    than = f"time than {summary.shown(summary.baseline)}"
    return CardFigure(of, change_words(ratio, judgement, summary.margin, of=than), judgement.name.lower())


def loop_strips(loop: str, newest_first: Sequence[RecordSummary]) -> LoopStrips | None:
    """Return the strips of a loop by kind of work; None where it was compared in no finished record."""
    compared = [summary for summary in newest_first if summary.finished and _columns(summary, loop)]
    if not compared:
        return None
    summary = max(compared, key=lambda each: len(each.strips.rows) if each.strips else 0)
    return None if summary.strips is None else _of_loop(loop, summary, summary.strips)


def loop_services(loop: str, newest_first: Sequence[RecordSummary]) -> LoopStrips | None:
    """Return the strips of a loop's services; None where none were compared on it."""
    summary = services_record(each for each in newest_first if _columns(each, loop))
    chart = None if summary is None else services_chart(summary)
    return None if summary is None or chart is None else _of_loop(loop, summary, chart)


def _of_loop(loop: str, summary: RecordSummary, chart: StripChart) -> LoopStrips:
    """Return the strips of a loop alone on a record's chart, and in how many it is judged how."""
    columns = _columns(summary, loop)
    rows = (replace(row, strips=tuple(row.strips[column] for column in columns)) for row in chart.rows)
    kept = tuple(row for row in rows if any(row.strips))
    mine = replace(chart, backends=tuple(chart.backends[column] for column in columns), rows=kept)
    less, more = (_count(kept, judgement) for judgement in DIRECTIONS)
    return LoopStrips(summary, mine, less, more, len(kept) - less - more)


def _columns(summary: RecordSummary, loop: str) -> list[int]:
    """Return the columns of a record's strips that are of this loop."""
    others = [name for name in summary.backends if name != summary.baseline]
    return [
        column for column, name in enumerate(others) if summary.strips is not None and loop_of(name) == loop
    ]


def _count(rows: Sequence[StripRow], judgement: Judgement) -> int:
    """Count the kinds of work in which the first backend of a loop is judged so."""
    return sum(row.strips[0] is not None and row.strips[0].judgement is judgement for row in rows)
