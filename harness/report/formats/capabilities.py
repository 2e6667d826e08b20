"""What each loop can do, as people and programs read it: on a terminal, in Markdown, as JSON."""

from collections.abc import Iterable
from dataclasses import asdict

from harness.analysis import capabilities, capability_totals
from harness.errors import BadInput
from harness.records.record import Record
from harness.report.backend_names import backend_order
from harness.report.formats.markdown import grid
from harness.report.formats.markdown_text import inline
from harness.report.formats.terminal import show_table
from harness.report.html.matrix import case_anchor
from harness.report.json_text import json_text
from harness.report.public_reports import address
from harness.report.tables import capabilities as capability_tables
from harness.report.tables.capabilities import ability_text
from harness.report.tables.table import Table


def show(record: Record) -> None:
    """Print who can do what, and why not, on standard output."""
    for table in (_table(record), capability_tables.totals(record), capability_tables.reasons(record)):
        if table is not None:
            show_table(table)


def render(record: Record) -> str:
    """Return who can do what, and why not, as Markdown that stands beside the record's report.html."""
    return "\n".join(_lines(record)) + "\n"


def render_json(record: Record) -> str:
    """Return JSON: each loop's totals, and for each capability each loop's answer with its reason."""
    _table(record)
    document = {
        "loops": [_total_object(total) for total in capability_totals.totals(record)],
        "capabilities": [asdict(capability) for capability in capabilities.capabilities(record)],
    }
    return json_text(document)


def _total_object(total: capability_totals.LoopTotal) -> dict[str, object]:
    return {
        "loop": total.loop,
        "heading": total.heading,
        "tried": total.tried,
        "counts": dict(total.counts),
    }


def _table(record: Record) -> Table:
    table = capability_tables.table(record)
    if table is None:
        raise BadInput(f"no scenario here tries a capability: give one the tag {capabilities.TAG!r}")
    return table


def _lines(record: Record) -> Iterable[str]:
    table = _table(record)
    yield from (f"## {table.title}", "")
    yield from grid(table.columns, _linked(record))
    yield from (line for note in table.notes for line in (inline(note), ""))
    yield from (line for total in capability_totals.totals(record) for line in (inline(str(total)), ""))
    why = capability_tables.reasons(record)
    if why is not None:
        yield from (f"## {why.title}", "", *grid(why.columns, (map(inline, row) for row in why.rows)))


def _links(reports: tuple[str, ...]) -> str:
    """Return the public reports that a capability comes from, each a link where its address is known."""
    links = (
        f"[{inline(report)}]({link})" if (link := address(report)) else inline(report) for report in reports
    )
    return f" ({', '.join(links)})" if reports else ""


def _linked(record: Record) -> Iterable[Iterable[str]]:
    """Yield each capability with the loops' answers, each a link to its evidence on the page."""
    numbers = {result.benchmark.id: number for number, result in enumerate(record.results, start=1)}
    columns = {name: column for column, name in enumerate(backend_order(record), start=1)}
    for capability in capabilities.capabilities(record):
        links = {
            answer.loop: f"[{ability_text(answer.ability)}]"
            f"(report.html#{case_anchor(numbers[capability.name], columns[answer.backend])})"
            for answer in capability.answers
        }
        yield (
            f"{inline(capability.title)}: {inline(capability.summary)}{_links(capability.reported)}",
            *(links.get(loop, "") for loop in capabilities.loops(record)),
        )
