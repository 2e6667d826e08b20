"""results/README.md: the published records, newest first."""

from collections.abc import Iterable
from pathlib import Path

from harness.records.record import Record
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
    """The index of these records, oldest first; None where one cannot be read."""
    rows = [_row(folder, record) for folder, record in records]
    return _HEAD + "".join(reversed(rows))


def _row(folder: Path, record: Record | None) -> str:
    told = ("", UNREADABLE, "", "") if record is None else _told(record)
    return f"| {link(folder.name, folder.name, 'report.md')} | " + " | ".join(map(inline, told)) + " |\n"


def _told(record: Record) -> tuple[str, ...]:
    begun, env = record.run, record.run.machine
    what = f"{count_benchmarks(len(record.results))} on {', '.join(record.backends)}"
    return (begun.started[:10], what, f"{env.cpu}, {env.cores} CPUs, {env.system}", env.python)
