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
    place = folder.resolve()  # "." alone has no parent
    published = measured.run.published
    results = place.parent if published else place.parent.parent
    record = replace(measured, audit=_on_trial(measured.run, results))
    if record != measured:
        store.write_record(folder, record)
    if published:
        others = (one for one in store.published(results) if one.name != place.name)
        index = render_index(sorted([*((one, _readable(one)) for one in others), (place, record)]))
        store.write_file(results / "README.md", index.encode())
    for name, text in files(record):
        store.write_file(folder / name, text.encode())
    return record


def _readable(folder: Path) -> Record | None:
    try:
        return store.read_record(folder)
    except BadInput:  # of another version, or damaged: no reason to lose a run that was just measured
        return None


def _on_trial(begun: RunStarted, results: Path) -> AuditSummary | None:
    """What the newest audit on record here found that found anything; an audit has its own to tell."""
    if begun.audit is None:
        for folder in store.audits(results, begun.machine):
            found = _readable(folder)
            if found is not None and (said := audit.sentences(found)):
                return AuditSummary(folder.name, found.run.started, said)
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
