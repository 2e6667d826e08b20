"""The report of a finished run, written beside its record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.errors import BadInput
from harness.records import store
from harness.records.entries import RunStarted
from harness.records.record import AuditSummary, Record
from harness.report.charts.images import chart_images
from harness.report.charts.rendering import ChartDrawings
from harness.report.formats import html, markdown
from harness.report.formats.index import render as render_index
from harness.report.tables import audit


def write_report(folder: Path, measured: Record) -> Record:
    """Write the record, with the newest audit in it, of a published run the index, and the report's files.

    The page comes last: it says that all is written.
    """
    store.write_record(folder, measured)  # whatever else is under results/, this is not lost
    absolute = folder.resolve()  # "." alone has no parent
    published = measured.run.published
    results = absolute.parent if published else absolute.parent.parent
    record = replace(measured, audit=_newest_audit(measured.run, results))
    if record != measured:
        store.write_record(folder, record)
    if published:
        others = (other for other in store.published(results) if other.name != absolute.name)
        index = render_index(sorted([*((other, _readable(other)) for other in others), (absolute, record)]))
        store.write_file(results / "README.md", index.encode())
    for name, text in files(record):
        store.write_file(folder / name, text.encode())
    return record


def _readable(folder: Path) -> Record | None:
    try:
        return store.read_record(folder)
    except BadInput:  # of another version, or damaged: no reason to lose a run that was just measured
        return None


def _newest_audit(run: RunStarted, results: Path) -> AuditSummary | None:
    """Return what the newest audit of this machine that came to anything found; None for an audit itself."""
    if run.audit is None:
        for folder in store.audits(results, run.machine):
            record = _readable(folder)
            if record is not None and (sentences := audit.sentences(record)):
                return AuditSummary(folder.name, record.run.started, sentences)
    return None


def files(record: Record) -> Iterator[tuple[str, str]]:
    """Yield each file's path from the report's folder and its text, what is linked to before what links.

    Charts are drawn once for all of these files.
    """
    drawings = ChartDrawings()
    images = chart_images(record, drawings)
    yield from ((image.file, image.svg) for image in images)
    yield "report.md", markdown.illustrated(record, images)
    yield store.PAGE, html.render(record, drawings)
