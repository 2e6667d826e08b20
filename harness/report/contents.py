"""What every report says of a record in sentences and in tables of its own, what matters first."""

from collections.abc import Iterator

from harness.analysis.overall import overall_figures
from harness.records.record import Record
from harness.report import overall, sentences
from harness.report.tables import audit, capabilities, contrasts, passes, services
from harness.report.tables.table import Table
from harness.report.tables.waiting import waiting


def said(record: Record) -> tuple[str, ...]:
    """The sentences: of an audit, who agrees, of all rows together, of each backend, what is due to what."""
    summary = overall_figures(record)
    whole = () if summary is None or len(summary.benchmarks) == 1 else (overall.sentence(summary),)
    told = sentences.sentences(record)
    return (
        *audit.sentences(record),
        *told[:1],
        *whole,
        *told[1:],
        *contrasts.sentences(record),
    )


def tables(record: Record) -> Iterator[tuple[str, Table]]:
    """The tables beside verdicts, times, differences and claims, each with its place on a page."""
    for number, one in enumerate(audit.tables(record), start=1):
        yield f"audit-{number}", one
    found = {
        "services": services.services(record),
        "contrasts": contrasts.table(record),
        "latency": passes.latency(record),
        "collections": passes.collections(record),
        "waiting": waiting(record),
        "two-cpus": passes.on_two_cpus(record),
        "capabilities": capabilities.table(record),
        "reasons": capabilities.reasons(record),
    }
    yield from ((name, table) for name, table in found.items() if table is not None)
