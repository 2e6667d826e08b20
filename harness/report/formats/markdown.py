"""A record as Markdown that reads well where it is pasted, or stands beside its images."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from harness.records.record import Record
from harness.report import commands, differences
from harness.report.answer.of_record import answer
from harness.report.answer.remarks import remarks
from harness.report.answer.values import Tone
from harness.report.charts import answer_picture
from harness.report.contents import summary_sentences, tables
from harness.report.differences import SideBySide
from harness.report.formats.markdown_short import answer_table
from harness.report.formats.markdown_text import code_block, image, inline, paragraph
from harness.report.tables import results
from harness.report.tables.table import Column, ColumnKind, Table
from harness.report.warnings import notices

if TYPE_CHECKING:
    from harness.report.charts.images import ChartImage

ABOVE = {
    "chart-forest": "times",
    "chart-contrasts": "contrasts",
    "chart-latency": "latency",
    "chart-trials": "audit-1",
}
"""Charts whose figures a table of the report has in any case; every other chart brings its own."""


def render(record: Record) -> str:
    """Return the report as Markdown, which needs no other file."""
    return illustrated(record, ())


def illustrated(record: Record, pictures: "Iterable[ChartImage]") -> str:
    """Return the report as Markdown that shows these images: the answer first, others above their tables."""
    return "\n".join(_lines(record, {picture.chart.name: picture for picture in pictures})) + "\n"


def _lines(record: Record, pictures: "Mapping[str, ChartImage]") -> Iterable[str]:
    what, where = results.heading(record)
    yield f"# {inline(record.run.name)}: {inline(what)}"
    yield from ("", paragraph(where), "")
    shown = answer(record)
    for caution in shown.cautions:
        yield from (f"> **Note** {inline(caution.text)}", "")
    yield from _gravest(record)
    if (first := pictures.get(answer_picture.NAME)) is not None:
        yield from (image(first.chart.alternative, first.file), "")
    yield from answer_table(shown)
    above = {ABOVE[name]: picture for name, picture in pictures.items() if name in ABOVE}
    for place, table in (("times", results.times(record)), *tables(record)):
        yield from _table(table, above.get(place))
    for name, picture in pictures.items():
        if name not in {*ABOVE, answer_picture.NAME}:
            yield from _table(picture.chart.table, picture)
    yield from _table(results.verdicts(record))
    findings = differences.findings_and_remarks(record)
    for difference in findings:
        yield from _difference(difference)
    for table in (differences.documented(record), results.ledger(record)):
        yield from _table(table)
    yield from ("## In words", "")
    yield from (f"- {inline(sentence)}" for sentence in summary_sentences(record))
    yield ""
    if listed := notices(record):
        yield from ("## Warnings", "", *(f"- {inline(notice.text)}" for notice in listed), "")
    yield from ("## Environment", "")
    yield from (f"- {name}: {inline(what)}" for name, what in results.environment(record))
    again, own = commands.one_benchmark(record), commands.YOUR_OWN
    yield from ("", "## Repeat it", "", *code_block("sh", [again, own]))


def _gravest(record: Record) -> Iterable[str]:
    """Yield the one note that stands before the figures: the first finding, or else the first warning."""
    listed = remarks(record, details="below")
    for tone in (Tone.FINDING, Tone.WARNING):
        if first := next((remark for remark in listed if remark.tone is tone), None):
            yield from (f"> **Note** {inline(first.text)}", "")
            return


def _table(content: Table | None, picture: "ChartImage | None" = None) -> Iterable[str]:
    if content is None:
        return
    yield from (f"## {inline(content.title)}", "")
    if picture is not None:
        yield from (image(picture.chart.alternative, picture.file), "")
    yield from grid(content.columns, (map(inline, row) for row in content.rows))
    for note in content.notes:
        yield from (paragraph(note), "")


def grid(columns: Sequence[Column], rows: Iterable[Iterable[str]]) -> Iterable[str]:
    """Return the lines of a table whose cells are Markdown, numbers aligned right, and an empty line."""
    yield _row(inline(column.head) for column in columns)
    rules = ("---:" if column.kind is ColumnKind.NUMBER else "---" for column in columns)
    yield f"|{'|'.join(rules)}|"
    yield from map(_row, rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _difference(difference: SideBySide) -> Iterable[str]:
    yield from (f"### {inline(difference.case)}", "", paragraph(difference.reason), "")
    mismatch = difference.mismatch
    if mismatch is not None:
        expected = (f"- {difference.expected}: {line}" for line in mismatch.promised)
        observed = (f"+ observed: {line}" for line in mismatch.observed)
        yield from (*code_block("diff", [*expected, *observed]), "")
    for lines in filter(None, (difference.evidence, difference.output)):
        yield from (*code_block("text", lines), "")
