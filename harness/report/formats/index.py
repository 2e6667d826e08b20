"""results/README.md: the published records, newest first."""

from collections.abc import Iterable
from pathlib import Path

from harness.records.record import Record
from harness.report.backend_names import shown_names
from harness.report.formats.markdown_text import inline, link
from harness.report.formatting import count_benchmarks

_HEAD = """\
# Published records

Written by `loopcmp run --publish NAME` and `loopcmp audit --publish NAME`. Each folder holds the record, its
journal and the report, and a run's also pyperf's files; `loopcmp report FOLDER` renders it again,
`loopcmp compare A B` compares two.

| record | when | what | machine | Python |
|---|---|---|---|---|
"""

UNREADABLE = "not read: of another version, or damaged"


def render(records: Iterable[tuple[Path, Record | None]]) -> str:
    """Return the index of these records, oldest first; None stands for one that cannot be read."""
    rows = [_row(folder, record) for folder, record in records]
    return _HEAD + "".join(reversed(rows))


def _row(folder: Path, record: Record | None) -> str:
    cells = ("", UNREADABLE, "", "") if record is None else _cells(record)
    return f"| {link(folder.name, folder.name, 'report.md')} | " + " | ".join(map(inline, cells)) + " |\n"


def _cells(record: Record) -> tuple[str, ...]:
    run, machine, shown = record.run, record.run.machine, shown_names(record.backends)
    what = f"{count_benchmarks(len(record.results))} on {', '.join(shown[name] for name in record.backends)}"
    return (run.started[:10], what, f"{machine.cpu}, {machine.cores} CPUs, {machine.system}", machine.python)
