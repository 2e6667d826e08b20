"""A record as Markdown short enough to paste into an issue: the answer, and the command that repeats it."""

import math
from collections.abc import Iterator

from harness.records.estimate import DIRECTIONS, Estimate, Judgement
from harness.records.record import Record
from harness.report import commands
from harness.report.answer.of_record import answer
from harness.report.answer.remarks import remarks
from harness.report.answer.values import Answer, AnswerCell, Tone
from harness.report.formats.markdown_text import code_block, inline, paragraph

MOST_LINES = 30
"""The most lines, for an issue that has something else to say as well."""

LONGEST_BAR = 8
"""The letters of the longest bar."""

LONGEST_COMMAND = 200
"""The most letters of a command that names each benchmark."""

_SIGNS = {Tone.GOOD: "✓", Tone.WARNING: "⚠", Tone.FINDING: "✗", Tone.PLAIN: "·"}


def render(record: Record) -> str:
    """Return the answer of a record as Markdown of at most MOST_LINES lines."""
    shown = answer(record)
    remark_lines = (f"- {_SIGNS[each.tone]} {inline(each.text)}" for each in remarks(record, "in the report"))
    name, *conditions = shown.heading
    lines = [
        f"**{inline(name)}** · {inline(' · '.join(conditions))}",
        "",
        *_cautions(shown),
        *answer_table(shown),
    ]
    command = ("", *code_block("sh", [_command(record)]))
    room = MOST_LINES - len(lines) - len(command)
    return "\n".join((*lines, *list(remark_lines)[:room], *command)) + "\n"


def _cautions(shown: Answer) -> Iterator[str]:
    for caution in shown.cautions:
        yield from (f"{_SIGNS[caution.tone]} {inline(caution.text)}", "")


def _command(record: Record) -> str:
    """Return the command that repeats it; with many benchmarks the one that was typed."""
    whole = commands.whole(record)
    return whole if len(whole) <= LONGEST_COMMAND else record.run.command


def answer_table(shown: Answer) -> Iterator[str]:
    """Yield the figures as a table, each with a bar for how far it lies from 1, and an empty line."""
    if not shown.rows:
        return
    heads = (
        shown.names_head or "time",
        *([shown.reference_head] if shown.reference_head else []),
        *shown.heads,
    )
    yield f"| {' | '.join(map(inline, heads))} |"
    yield f"|{'---|' * len(heads)}"
    furthest = max((_distance(cell.ratio) for row in shown.rows for cell in row.cells), default=0.0)
    for row in shown.rows:
        references = [inline(row.reference)] if shown.reference_head else []
        cells = (_cell(cell, furthest) for cell in row.cells)
        yield f"| {' | '.join((inline(row.name), *references, *cells))} |"
    yield ""
    if shown.left_out:
        yield from (paragraph(shown.left_out), "")


def _cell(cell: AnswerCell, furthest: float) -> str:
    if cell.judgement not in DIRECTIONS:
        return inline(cell.words)
    bar = "█" * max(1, round(LONGEST_BAR * _distance(cell.ratio) / furthest))
    return f"**{inline(cell.words)}** {'◂' if cell.judgement is Judgement.LESS_TIME else '▸'}{bar}"


def _distance(ratio: Estimate | None) -> float:
    return 0.0 if ratio is None or ratio.value <= 0 else abs(math.log(ratio.value))
