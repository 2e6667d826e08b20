"""The sentences and tables that every report of a record has, what matters first."""

from collections.abc import Iterator

from harness.analysis.hosts_compared import compare_hosts_of, hosts_of
from harness.analysis.overall import overall_figures
from harness.analysis.passes.table import TABLES
from harness.records.record import Record
from harness.report import overall
from harness.report.sentences import backend_sentences
from harness.report.tables import audit, capabilities, contrasts, hosts, services
from harness.report.tables.passes import pass_table
from harness.report.tables.table import Table
from harness.report.tables.waiting import waiting


def summary_sentences(record: Record) -> tuple[str, ...]:
    """Return the sentences about an audit, who agrees, all benchmarks together, each backend, and causes."""
    summary = overall_figures(record)
    whole = () if summary is None or len(summary.benchmarks) == 1 else (overall.sentence(summary),)
    agreement, *others = backend_sentences(record) or ("",)
    return (
        *audit.sentences(record),
        *filter(None, (agreement,)),
        *whole,
        *others,
        *contrasts.sentences(record),
    )


def _over_hosts(record: Record) -> dict[str, Table]:
    """Return the table of a record's hosts and, where they repeated benchmarks, what is said over them."""
    listed, comparison = hosts_of(record), compare_hosts_of(record)
    together = [] if comparison is None else hosts.ratio_tables(comparison)
    return {
        **({"hosts": hosts.hosts_table(listed)} if listed else {}),
        **{f"over-hosts-{number}": table for number, table in enumerate(together, start=1)},
    }


def tables(record: Record) -> Iterator[tuple[str, Table]]:
    """Yield the tables beside verdicts, times, differences and claims, each with its place on a page."""
    for number, table in enumerate(audit.tables(record), start=1):
        yield f"audit-{number}", table
    by_place = {
        **_over_hosts(record),
        "services": services.services(record),
        "contrasts": contrasts.table(record),
        **{shape.place: pass_table(record, shape) for shape in TABLES},
        "waiting": waiting(record),
        "capabilities": capabilities.table(record),
        "totals": capabilities.totals(record),
        "reasons": capabilities.reasons(record),
    }
    yield from ((place, table) for place, table in by_place.items() if table is not None)
