"""A loop on the site: its card on the front page, and its strips by kind of work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.analysis.intervals import judge_ratio
from harness.records.estimate import DIRECTIONS, Judgement
from harness.report.answer.strips import StripChart, StripRow
from harness.report.answer.words import change_words
from harness.report.site.leaderboard import Leaderboard, Standing
from harness.report.site.names import slug
from harness.report.site.summary import RecordSummary, loop_of


@dataclass(frozen=True, slots=True)
class LoopCard:
    """A loop on the front page: its page, its version, what it takes against the baseline, what it keeps."""

    name: str
    page: str
    version: str
    words: str
    css_class: str
    kept: str


@dataclass(frozen=True, slots=True)
class LoopStrips:
    """A loop's strips in the newest record that has any, and in how many kinds of work it is judged how."""

    summary: RecordSummary
    chart: StripChart
    less: int
    more: int
    unclear: int


def loop_card(loop: str, board: Leaderboard | None) -> LoopCard:
    """Return the card of a loop, with what the newest full record says of it if it took part there."""
    standings = () if board is None else board.standings
    standing = next((each for each in standings if loop_of(each.backend) == loop), None)
    page = f"loops/{slug(loop)}.html"
    if board is None or standing is None:
        return LoopCard(loop, page, "", "not in the newest full record", "", "")
    words, css_class = _overall_words(board, standing)
    version = board.summary.versions_of(standing.backend).get(loop, "")
    return LoopCard(loop, page, version, words, css_class, f"{standing.kept_text} cases as promised")


def _overall_words(board: Leaderboard, standing: Standing) -> tuple[str, str]:
    summary, ratio = board.summary, standing.ratio
    if standing.backend == summary.baseline:
        return "what the others are compared with", ""
    if ratio is None:
        return "no time", ""
    judgement = judge_ratio(ratio, summary.margin)
    than = f"time than {summary.shown(summary.baseline)}"
    return change_words(ratio, judgement, summary.margin, of=than), judgement.name.lower()


def loop_strips(loop: str, newest_first: Sequence[RecordSummary]) -> LoopStrips | None:
    """Return the strips of a loop by kind of work; None where it was compared in no finished record."""
    compared = [summary for summary in newest_first if summary.finished and _columns(summary, loop)]
    if not compared:
        return None
    summary = max(compared, key=lambda each: len(each.strips.rows) if each.strips else 0)
    chart, columns = summary.strips, _columns(summary, loop)
    if chart is None:
        return None
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
