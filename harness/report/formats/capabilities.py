"""What each loop can do, as people and programs read it: on a terminal, in Markdown, as JSON."""

from collections.abc import Iterable
from dataclasses import asdict

import msgspec

from harness.analysis import capabilities
from harness.errors import BadInput
from harness.records.record import Record
from harness.report.formats.markdown import grid, inline
from harness.report.formats.terminal import show_table
from harness.report.html.matrix import backend_order, case_anchor
from harness.report.tables import capabilities as capability_tables
from harness.report.tables.capabilities import ability_text
from harness.report.tables.table import Table


def show(record: Record) -> None:
    """Print who can do what, and why not, on standard output."""
    for one in (_table(record), capability_tables.reasons(record)):
        if one is not None:
            show_table(one)


def render(record: Record) -> str:
    """Who can do what, and why not, as Markdown that stands beside the record's report.html."""
    return "\n".join(_lines(record)) + "\n"


def render_json(record: Record) -> str:
    """A JSON array with an object per capability: what it is, and each loop's answer with its evidence."""
    _table(record)
    found = [asdict(one) for one in capabilities.capabilities(record)]
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode()


def _table(record: Record) -> Table:
    found = capability_tables.table(record)
    if found is None:
        raise BadInput(f"no scenario here tries a capability: give one the tag {capabilities.TAG!r}")
    return found


def _lines(record: Record) -> Iterable[str]:
    table = _table(record)
    yield from (f"## {table.title}", "")
    yield from grid(table.columns, _linked(record))
    yield from (line for note in table.notes for line in (inline(note), ""))
    why = capability_tables.reasons(record)
    if why is not None:
        yield from (f"## {why.title}", "", *grid(why.columns, (map(inline, row) for row in why.rows)))


def _linked(record: Record) -> Iterable[Iterable[str]]:
    """Each capability with the loops' answers, each a link to its evidence on the page."""
    numbers = {line.benchmark.id: number for number, line in enumerate(record.results, start=1)}
    columns = {name: at for at, name in enumerate(backend_order(record), start=1)}
    for one in capabilities.capabilities(record):
        links = {
            answer.loop: f"[{ability_text(answer.ability)}]"
            f"(report.html#{case_anchor(numbers[one.name], columns[answer.backend])})"
            for answer in one.answers
        }
        yield (
            f"{inline(one.name)}: {inline(one.summary)}",
            *(links.get(loop, "") for loop in capabilities.loops(record)),
        )
