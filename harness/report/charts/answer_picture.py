"""The one chart as an image: a strip for each kind of work and backend, with words, dots and the mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from harness.errors import escape_controls
from harness.records.estimate import Judgement
from harness.records.record import Record
from harness.report.answer.strips import Dot, Place, Strip, StripChart, strip_chart
from harness.report.charts.chart import INK, RULE, SOFT, Chart
from harness.report.tables.table import Table, texts

NAME = "chart-answer"

_PAGE = "var(--page, #ffffff)"
_LESS, _MORE, _UNCLEAR = "var(--less, #0a7d4b)", "var(--more, #b15400)", "var(--unclear, #8b949e)"

_COLORS = {
    Judgement.LESS_TIME: _LESS,
    Judgement.MORE_TIME: _MORE,
    Judgement.EQUAL: _UNCLEAR,
    Judgement.NO_CLEAR_DIFFERENCE: _UNCLEAR,
}

_WORD_COLORS = {Judgement.LESS_TIME: _LESS, Judgement.MORE_TIME: _MORE}

_WIDTH, _NAMES, _WORDS, _GAP, _EDGE = 960, 210, 176, 16, 10
_HEAD, _LINE = 44, 26
"""Heights in pixels: of the heads, and of a line."""

_SIDE_BY_SIDE = 2
"""The most backends beside each other; with more, each has a line of its own in every kind of work."""

_LONGEST = 28
"""The letters from which a name is cut."""


def answer_picture(record: Record) -> tuple[Chart, str] | None:
    """Return the one chart in words, and drawn as SVG in the colors of the page; None for no comparison.

    It is no Vega-Lite, so that its words hold no specification.
    """
    chart = strip_chart(record)
    return None if chart is None else (_in_words(chart), _drawn(chart))


def _in_words(chart: StripChart) -> Chart:
    alternative = (
        f"Time against {chart.baseline} by kind of work: a dot for each benchmark and a bar for their mean, "
        "left of the middle for less time, right of it for more. The figures stand below."
    )
    return Chart(NAME, NAME, "The answer", alternative, Table("The answer", texts("figures"), ()), {}, ())


def _drawn(chart: StripChart) -> str:
    lines = list(_lines(chart))
    height = _HEAD + _LINE * len(lines) + 6
    drawn = (part for number, line in enumerate(lines) for part in _line(chart, line, _HEAD + _LINE * number))
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    return f"<svg {size}>{''.join((*_heads(chart), *drawn))}</svg>"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the image: its name, and the strips beside each other."""

    name: str
    strips: tuple[Strip | None, ...]


def _lines(chart: StripChart) -> Iterator[_Line]:
    """Yield the lines: a kind of work each or, with many backends, a backend in a kind of work each."""
    for row in chart.rows:
        if len(chart.backends) <= _SIDE_BY_SIDE:
            yield _Line(row.title, row.strips)
            continue
        yield _Line(row.title, ())
        for backend, strip in zip(chart.backends, row.strips, strict=True):
            yield _Line(f"    {backend}", (strip,))


def _panels(chart: StripChart) -> list[tuple[str, float, float]]:
    """Return the head, the left edge and the width of each panel."""
    side_by_side = len(chart.backends) <= _SIDE_BY_SIDE
    heads = [f"{name} against {chart.baseline}" for name in chart.backends]
    heads = heads if side_by_side else [f"against {chart.baseline}"]
    width = (_WIDTH - _NAMES) / len(heads)
    return [(head, _NAMES + number * width, width) for number, head in enumerate(heads)]


def _heads(chart: StripChart) -> Iterator[str]:
    for head, left, width in _panels(chart):
        yield _text(left, 18, head, INK, weight=600)
        for place, words in chart.ticks:
            yield _text(_x(left, width, place), 36, words, SOFT, size=11, anchor="middle")


def _line(chart: StripChart, line: _Line, top: float) -> Iterator[str]:
    yield f'<path d="M0,{top}H{_WIDTH}" stroke="{RULE}"/>'
    yield _text(_EDGE + 16 * line.name.startswith(" "), top + 17, line.name.strip(), INK)
    for (_, left, width), strip in zip(_panels(chart), line.strips, strict=False):
        if strip is None:
            yield _text(left, top + 17, "–", SOFT)
        else:
            yield _text(left, top + 17, strip.words, _WORD_COLORS.get(strip.judgement, SOFT), weight=600)
            yield from _strip(chart, strip, left, width, top)


def _strip(chart: StripChart, strip: Strip, left: float, width: float, top: float) -> Iterator[str]:
    for place, _ in chart.ticks:
        yield _upright(_x(left, width, place), top, RULE)
    yield _upright(_x(left, width, chart.same), top, SOFT)
    yield from (_dot(dot, _x(left, width, dot.place), top + _LINE / 2) for dot in strip.dots)
    if strip.mean is not None:
        yield _upright(_x(left, width, strip.mean), top, INK, thick=3)


def _x(left: float, width: float, place: Place) -> float:
    """Return where a place on a strip lies in the panel of this left edge and width."""
    return round(left + _WORDS + (width - _WORDS - _GAP) * place.percent / 100, 1)


def _upright(x: float, top: float, color: str, thick: float = 1) -> str:
    return f'<path d="M{x},{top + 4}V{top + _LINE - 3}" stroke="{color}" stroke-width="{thick}"/>'


def _dot(dot: Dot, x: float, y: float) -> str:
    color = _COLORS[dot.judgement]
    look = f'fill="{_PAGE}" stroke="{color}" stroke-width="1.5"' if dot.hollow else f'fill="{color}"'
    opacity = "" if dot.hollow else ' fill-opacity="0.65"'
    return f'<circle cx="{x}" cy="{y}" r="3.5" {look}{opacity}/>'


def _text(
    x: float, y: float, words: str, color: str, *, size: int = 13, weight: int = 400, anchor: str = "start"
) -> str:
    shown = escape_controls(words)
    cut = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{color}"'
    return f'<text x="{x}" y="{y}" {look}>{escape(cut)}</text>'
