"""A record as text for a terminal, drawn by rich."""

import io
import sys
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from harness.errors import escape_controls
from harness.records.record import Record
from harness.records.verdict import CaseVerdict, ClaimResult, Verdict
from harness.report import commands, differences
from harness.report.answer.of_record import answer
from harness.report.answer.values import Answer, SortOrder
from harness.report.backend_names import shown_names
from harness.report.contents import summary_sentences
from harness.report.contents import tables as tables_of
from harness.report.differences import SideBySide
from harness.report.evidence import versions_in_words
from harness.report.formats.answer import draw_answer
from harness.report.notices import Notice, Severity
from harness.report.tables import results
from harness.report.tables.capabilities import RENDERINGS, ability_text
from harness.report.tables.cpython_tests import RENDERINGS as OUTCOME_RENDERINGS
from harness.report.tables.cpython_tests import outcome_text
from harness.report.tables.table import Column, ColumnKind, Table
from harness.report.verdict_signs import VERDICTS, case_verdict_text, verdict_text
from harness.report.warnings import notices

_WIDTH_WITHOUT_TERMINAL = 120
_WIDTH_OF_ANSWER = 80

_STYLES = {
    **{verdict_text(verdict): rendering.style for verdict, rendering in VERDICTS.items()},
    **{
        case_verdict_text(CaseVerdict(verdict, blemish="some")): "yellow"
        for verdict in (Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE)
    },
    **{ability_text(ability): rendering.style for ability, rendering in RENDERINGS.items()},
    **{str(ability): rendering.style for ability, rendering in RENDERINGS.items()},
    **{outcome_text(outcome): rendering.style for outcome, rendering in OUTCOME_RENDERINGS.items()},
    ClaimResult.HOLDS: "green",
    ClaimResult.FAILS: "yellow",
    ClaimResult.NOT_TRIED: "dim",
}
"""The style of every answer that a column of verdicts may hold."""


def render(record: Record) -> str:
    """Return the answer as plain text, 80 columns wide."""
    return _plain(draw_answer(answer(record), _WIDTH_OF_ANSWER), _WIDTH_OF_ANSWER)


def render_details(record: Record) -> str:
    """Return everything that a record says as plain text, 120 columns wide."""
    return _plain(page(record), _WIDTH_WITHOUT_TERMINAL)


def _plain(content: RenderableType, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(content)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show(record: Record, order: SortOrder = SortOrder.PLAN, *, details: bool = False) -> None:
    """Print the answer on standard output; with `details` everything else that a record says before it."""
    if details:
        console().print(page(record))
    show_answer(answer(record, order))


def show_answer(content: Answer) -> None:
    """Print an answer on standard output, as wide as that is and with its colors."""
    out = console(_WIDTH_OF_ANSWER)
    out.print(draw_answer(content, out.width))


def show_link(words: str, path: Path, *, on_stderr: bool = False) -> None:
    """Print a file's path behind some words, as a link where the terminal knows links."""
    out = Console(file=sys.stderr if on_stderr else sys.stdout, highlight=False)
    place = _text(str(path), style=f"link {path.resolve().as_uri()}")
    out.print(Text(f"\n{words}  ").append(place), soft_wrap=True)


def page(record: Record) -> RenderableType:
    """Return the whole report: what was compared, verdicts, times, ledger, differences, sentences."""
    what, where = results.heading(record)
    tables = (
        results.verdicts(record),
        differences.documented(record),
        results.ledger(record),
        results.times(record),
        *(table for _, table in tables_of(record)),
    )
    findings = differences.findings_and_remarks(record)
    parts: list[RenderableType] = [_text(what, style="bold"), _text(where, style="dim"), Text()]
    parts += [_table(table) for table in tables if table is not None]
    parts += [side_by_side(finding) for finding in findings]
    parts += [_notice(notice) for notice in notices(record)]
    parts += [
        Text(),
        *(_text(f"• {sentence}") for sentence in summary_sentences(record)),
        Text(),
    ]
    again, own = commands.one_benchmark(record), commands.YOUR_OWN
    parts += [_text(f"One benchmark again: {again}"), _text(f"Your own file: {own}")]
    return Group(*parts)


def _notice(notice: Notice) -> Text:
    if notice.severity is Severity.GOOD:
        return _text(f"✓ {notice.text}", style="green")
    return _text(f"! {notice.text}", style="yellow")


def _table(content: Table) -> RenderableType:
    drawn = RichTable(box=box.SIMPLE_HEAD, title=_text(content.title), title_justify="left", pad_edge=False)
    for column in content.columns:
        right = column.kind is ColumnKind.NUMBER
        drawn.add_column(_text(column.head), justify="right" if right else "left", overflow="fold")
    for row in content.rows:
        drawn.add_row(*map(_cell, content.columns, row))
    notes = [_text(note, style="dim") for note in content.notes]
    return Padding(Group(drawn, *notes), (0, 0, 1, 0))


def _cell(column: Column, cell: str) -> Text:
    """Return a cell in its style; in a column of verdicts, what is no verdict has none."""
    return _text(cell, style=_STYLES.get(cell, "") if column.kind is ColumnKind.VERDICT else "")


def side_by_side(difference: SideBySide) -> RenderableType:
    """Return a difference as a small table: expected beside observed, an arrow at the first that differs."""
    title = _text(": ".join(filter(None, (difference.case, difference.reason))), style="bold")
    mismatch = difference.mismatch
    evidence = [_text(f"  {line}") for line in difference.evidence]
    if mismatch is None:
        output = (_text(f"  {line}", style="dim") for line in difference.output)
        return Padding(Group(title, *evidence, *output), (0, 0, 1, 0))
    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("", difference.expected, f"observed ({mismatch.aspect})"):
        drawn.add_column(_text(head), overflow="fold")
    for number in range(max(len(mismatch.promised), len(mismatch.observed))):
        sides = (_line(mismatch.promised, number), _line(mismatch.observed, number))
        mark = "→" if number == mismatch.first_line else ""
        drawn.add_row(mark, *(_text(side) for side in sides))
    return Padding(Group(title, drawn, *evidence), (0, 0, 1, 0))


def _text(text: str, style: str = "") -> Text:
    return Text(escape_controls(text), style=style)


def _line(lines: tuple[str, ...], index: int) -> str:
    return lines[index] if index < len(lines) else ""


def show_table(content: Table) -> None:
    """Print one table on standard output."""
    console().print(_table(content))


def show_check(record: Record) -> None:
    """Print verdicts, differences and ledger; for one scenario also what was observed."""
    out = console()
    tables = (results.verdicts(record), differences.documented(record), results.ledger(record))
    for table in tables:
        if table is not None:
            out.print(_table(table))
    for difference in differences.findings_and_remarks(record):
        out.print(side_by_side(difference))
    observed = results.observed(record)
    if observed.rows and len({result.benchmark.scenario for result in record.results}) == 1:
        out.print(_table(observed))
    names = shown_names(record.backends)
    for backend in record.run.plan.backends:
        out.print(_text(f"{names[backend.name]}: {versions_in_words(record, backend)}", style="dim"))


def console(width_without_terminal: int = _WIDTH_WITHOUT_TERMINAL) -> Console:
    """Return a console on standard output, of a width of its own where it is no terminal."""
    out = Console(file=sys.stdout, highlight=False)
    if not out.is_terminal:
        out.width = width_without_terminal
    return out
