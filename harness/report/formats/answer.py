"""An answer drawn for a terminal: names, words and bars, in at most 24 lines of 80 columns."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.text import Text

from harness.errors import escape_controls
from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.report.answer.values import Answer, AnswerCell, AnswerRow, Remark, Tone

NARROW = 60
"""The columns below which each backend has a line of its own, and no bars are drawn."""

LONGEST_NAME = 32
LONGEST_CELL = 48
_SHORTEST_NAME = 12
_SHORTEST_CELL = len(Judgement.NO_CLEAR_DIFFERENCE)
_INDENT = 2
_GAP = 2
_SMALLEST_SPAN = 1.25
"""The ratio that the bars' scale reaches at least: noise of a few percent must not look large."""

_LESS, _MORE, _UNCLEAR = "green", "dark_orange3", "dim"
"""Styles that can be read on light and dark grounds, and that do not call slowness an error."""

_JUDGEMENT_STYLES = {
    Judgement.LESS_TIME: _LESS,
    Judgement.MORE_TIME: _MORE,
    Judgement.EQUAL: "",
    Judgement.NO_CLEAR_DIFFERENCE: _UNCLEAR,
}

_MARKS = {
    Tone.GOOD: ("✓", "green"),
    Tone.PLAIN: (" ", ""),
    Tone.WARNING: ("!", "dark_orange3"),
    Tone.FINDING: ("✗", "bold red"),
}


def draw_answer(answer: Answer, width: int) -> RenderableType:
    """Return an answer as lines of text no wider than `width` columns."""
    lines = [*_heading(answer.heading, width)]
    lines += [line for caution in answer.cautions for line in _remark(caution, width)]
    if answer.rows:
        narrow = width < NARROW
        lines += [Text(), *(_narrow_rows(answer, width) if narrow else _wide_rows(answer, width))]
        lines += [_plain(f"  {answer.left_out}", "dim")] if answer.left_out else []
    lines += [Text(), *(line for remark in answer.remarks for line in _remark(remark, width))]
    return Group(*lines)


def _plain(text: str, style: str = "") -> Text:
    return Text(escape_controls(text), style=style, no_wrap=True, overflow="ellipsis")


def _heading(parts: Sequence[str], width: int) -> Iterator[Text]:
    """Yield the heading's parts side by side, and below each other only where they do not fit."""
    line = ""
    for number, part in enumerate(parts):
        joined = f"{line} · {part}" if line else part
        if line and len(joined) > width:
            yield _plain(line, "bold" if number <= 1 else "")
            joined = part
        line = joined
    yield _plain(line, "bold" if len(parts) == 1 else "")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The widths of an answer's columns, and the ratio that its longest bar stands for, as a logarithm."""

    names: int
    references: int
    words: int
    bar: int
    span: float

    @property
    def cell(self) -> int:
        """The width of a cell: words, a space and a bar."""
        return self.words + 1 + self.bar

    def indented(self, name: str, reference: str) -> str:
        """Return the beginning of a line, before its cells."""
        start = f"{'':{_INDENT}}{_cut(name, self.names):{self.names}}"
        return start + (
            f"{'':{_GAP}}{_cut(reference, self.references):>{self.references}}" if self.references else ""
        )


def _layout(answer: Answer, width: int) -> _Layout:
    references = max(len(answer.reference_head), *(len(row.reference) for row in answer.rows))
    room = width - _INDENT - (_GAP + references if references else 0)
    wanted = max(len(answer.names_head), *(len(row.name) for row in answer.rows))
    names = min(LONGEST_NAME, wanted, max(_SHORTEST_NAME, room - len(answer.heads) * (_GAP + _SHORTEST_CELL)))
    left = room - names
    columns = max(1, len(answer.heads))  # a record of one backend has none
    cell = min(LONGEST_CELL, left // columns - _GAP)
    words = min(cell - 1, max(_lengths_beside_bars(answer)))
    return _Layout(names, references, words, cell - 1 - words, _span(answer))


def _wide_rows(answer: Answer, width: int) -> Iterator[Text]:
    """Yield a line for each row: name, reference, and for each head words and a bar."""
    layout = _layout(answer, width)
    heads = "".join(f"{'':{_GAP}}{_cut(name, layout.cell):{layout.cell}}" for name in answer.heads)
    yield _plain((layout.indented(answer.names_head, answer.reference_head) + heads).rstrip(), "dim")
    for row in answer.rows:
        line = Text(layout.indented(row.name, row.reference), no_wrap=True, overflow="ellipsis")
        for cell in row.cells:
            line.append(" " * _GAP).append(_drawn_cell(cell, layout))
        line.rstrip()
        yield line


def _lengths_beside_bars(answer: Answer) -> Iterator[int]:
    """Yield the lengths of the words that have a bar beside them; others may use the bar's room."""
    yield 0
    for row in answer.rows:
        for cell in row.cells:
            if cell.judgement in DIRECTIONS:
                yield len(cell.words)


def _cut(text: str, width: int) -> str:
    text = escape_controls(text)
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _drawn_cell(cell: AnswerCell, layout: _Layout) -> Text:
    """Return a cell's words with its bar; words that are longer than others take the bar's room."""
    style = _JUDGEMENT_STYLES.get(cell.judgement, "") if cell.judgement is not None else ""
    if cell.ratio is None or len(cell.words) > layout.words or layout.bar < _SHORTEST_BAR:
        words = cell.words if len(cell.words) <= layout.cell else cell.short
        return Text(f"{_cut(words, layout.cell):{layout.cell}}", style=style)
    drawn = Text(f"{cell.words:{layout.words}} ", style=style)
    return drawn.append(_bar(cell.ratio, layout.bar, layout.span), style=style)


_SHORTEST_BAR = 5


def _span(answer: Answer) -> float:
    """Return the largest distance of a ratio from 1 on a log scale, which the longest bar stands for."""
    logs = [abs(math.log(cell.ratio.value)) for row in answer.rows for cell in row.cells if cell.ratio]
    return max([math.log(_SMALLEST_SPAN), *logs])


def _bar(ratio: Estimate, width: int, span: float) -> str:
    """Return a bar that leaves the middle to the left for less time and to the right for more.

    Its length is the ratio's logarithm, so that half the time and twice the time are equally long.
    """
    side = (width - 1) // 2
    halves = round(2 * side * min(1.0, abs(math.log(ratio.value)) / span))
    whole, half = divmod(halves, 2)
    if ratio.value < 1:
        return f"{'▐' * half + '█' * whole:>{side}}╎{'':{width - side - 1}}"
    return f"{'':{side}}╎{'█' * whole + '▌' * half:{width - side - 1}}"


def _narrow_rows(answer: Answer, width: int) -> Iterator[Text]:
    """Yield a line for each row and under it a line for each backend."""
    heads = max(map(len, answer.heads))
    for row in answer.rows:
        yield from _narrow_row(answer, row, width, heads)


def _narrow_row(answer: Answer, row: AnswerRow, width: int, heads: int) -> Iterator[Text]:
    name = _cut(row.name, max(8, width - len(row.reference) - _GAP))
    yield _plain(f"{name}{row.reference:>{width - len(name)}}", "bold")
    for head, cell in zip(answer.heads, row.cells, strict=True):
        style = _JUDGEMENT_STYLES.get(cell.judgement, "") if cell.judgement is not None else ""
        yield _plain(_cut(f"  {head:{heads}}  {cell.words}", width), style)


def _remark(remark: Remark, width: int) -> Iterator[Text]:
    mark, style = _MARKS[remark.tone]
    text = Text(f"{mark} {escape_controls(remark.text)}", style=style)
    lines = text.wrap(Console(), width - _INDENT)
    if len(lines) > 1:
        lines = text.wrap(Console(), width - 2 * _INDENT)
    for number, line in enumerate(lines):
        line.rstrip()
        yield Text(" " * (_INDENT if number == 0 else 2 * _INDENT)).append(line)
