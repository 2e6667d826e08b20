"""results/README.md: the published records, newest first."""

from collections.abc import Iterable
from pathlib import Path

from harness.record import Record
from harness.report.markdown import inline

_HEAD = """\
# Published records

Written by `loopcmp run --publish NAME`. Each folder holds the record, its journal, the pyperf
files and the report; `loopcmp report FOLDER` renders it again, `loopcmp compare A B` compares two.

| record | when | what | machine | Python |
|---|---|---|---|---|
"""


def render(records: Iterable[tuple[Path, Record]]) -> str:
    """The index of these records."""
    rows = [_row(folder, record) for folder, record in records]
    return _HEAD + "".join(reversed(rows))


def _row(folder: Path, record: Record) -> str:
    begun = record.begun
    env = begun.environment
    what = f"{len(record.lines)} scenarios on {', '.join(record.backends)}"
    cells = (begun.started[:10], what, f"{env.cpu}, {env.cores} CPUs, {env.system}", env.python)
    name = inline(folder.name)
    return f"| [{name}]({folder.name}/report.md) | " + " | ".join(map(inline, cells)) + " |\n"
