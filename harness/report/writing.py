"""The files that a finished run leaves beside its record."""

from collections.abc import Iterator

from harness.records.record import Record
from harness.report import render


def files(record: Record) -> Iterator[tuple[str, str]]:
    """Each file's path from the report's folder and its text; what is linked to comes before what links."""
    from harness.report.charts.images import pictures  # noqa: PLC0415 - as above
    from harness.report.formats.markdown import illustrated  # noqa: PLC0415 - markupsafe, only where reports are made

    shown = pictures(record)
    yield from ((one.file, one.svg) for one in shown)
    yield "report.md", illustrated(record, shown)
    yield "report.html", render(record, "html")
