"""`loopcmp compare`: the backends inside one record, or the same backends over time."""

from typing import TYPE_CHECKING

import typer

from harness.cli.display import Display
from harness.cli.options.choice import AcrossMachines, Backends, Baseline, OverHosts, RecordPaths
from harness.cli.options.output import Details, Json, Sort
from harness.report.answer.values import SortOrder

if TYPE_CHECKING:
    from harness.records.record import Record
    from harness.report.tables.comparison import Comparison


def compare(
    records: RecordPaths,
    baseline: Baseline = None,
    backend: Backends = None,
    across_machines: AcrossMachines = False,
    over_hosts: OverHosts = False,
    as_json: Json = False,
    details: Details = False,
    sort: Sort = SortOrder.PLAN,
) -> None:
    """Compare backends, or records over time.

    One record: each backend's time divided by the baseline's, within the same rounds. Two: how each ratio to
    the baseline changed; times in µs are shown and never judged. More: the last against each of the others,
    "in N of N sessions". With --over-hosts they are records of several hosts at one time: each host's ratios
    beside each other, and from three hosts of one kind together. `loopcmp gate` holds what is compared
    against limits.
    """
    from harness.records.store import read_record

    loaded = [read_record(path) for path in records]
    comparison = compare_records(
        loaded, baseline, backend or [], across_machines=across_machines, hosts=over_hosts
    )
    show_comparison(comparison, Display(as_json=as_json, details=details, order=sort))


def compare_records(
    records: "list[Record]",
    baseline: str | None,
    backends: list[str],
    *,
    across_machines: bool,
    adjusted: bool = False,
    hosts: bool = False,
) -> "Comparison":
    """Compare the backends of one record, or several records, over time or over `hosts`. Raises BadInput.

    A record whose benchmarks were repeated on several hosts is compared over them; an older one counts as a
    session for each of its hosts. `adjusted` is as for `within`.
    """
    from harness.analysis.between import between
    from harness.analysis.hosts_compared import compare_hosts
    from harness.analysis.measured_hosts import host_records
    from harness.analysis.within import within
    from harness.errors import BadInput

    *olds, new = records
    if hosts and baseline is not None:
        raise BadInput("--baseline is for one host: several are compared by the baseline that they have")
    if baseline is None and (hosts or (not olds and any(result.also_on for result in new.results))):
        return compare_hosts(records, backends, across_machines=across_machines, adjusted=adjusted)
    if not olds:
        return within(new, baseline, backends, adjusted=adjusted)
    if baseline is not None:
        raise BadInput("--baseline is for one record: several are compared by the baseline that they have")
    sessions = [of_host for old in olds for of_host in host_records(old)]
    return between(sessions, new, backends, across_machines=across_machines)


def show_comparison(comparison: "Comparison", display: Display) -> None:
    """Print the answer, with all details where they are asked for, or JSON."""
    if display.as_json:
        import msgspec

        document = msgspec.json.encode({"comparison": comparison})
        typer.echo(msgspec.json.format(document, indent=1).decode())
        return
    for line in _show_answer(comparison, display):
        typer.echo(f"• {line}")


def _show_answer(comparison: "Comparison", display: Display) -> tuple[str, ...]:
    """Print the answer, with details after the whole table; return the sentences that are left to say."""
    from harness.report.answer.of_comparison import answer_of
    from harness.report.formats.terminal import show_answer, show_table
    from harness.report.tables.comparison import comparison_tables, sentences

    if display.details:
        for table in comparison_tables(comparison):
            show_table(table)
    show_answer(answer_of(comparison, display.order))
    return sentences(comparison) if display.details else ()
