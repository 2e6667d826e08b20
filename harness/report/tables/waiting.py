"""The table of the CPU time that scenarios use which wait of themselves."""

from harness.records.record import Record, Timing
from harness.report.backend_names import shown_names
from harness.report.formatting import format_ratio, format_seconds
from harness.report.tables.table import Table, names, numbers

_NOTE = (
    "These spend most of their time waiting, so their wall time hides what a loop costs: CPU time an "
    "iteration, its share of the wall time, and its ratio to the baseline's."
)


def waiting(record: Record) -> Table | None:
    """Return the CPU time beside the wall time of every case that waits; None if none does."""
    shown = shown_names(record.backends)
    rows = tuple(
        (result.benchmark.id, shown[case.backend], *_figures(case.timing))
        for result in record.results
        for case in result.cases
        if case.timing is not None and case.timing.waits
    )
    columns = (
        *names("benchmark", "backend"),
        *numbers("wall time", "CPU time", "share", "ratio of CPU times"),
    )
    return Table("CPU time of waiting", columns, rows, (_NOTE,)) if rows else None


def _figures(timing: Timing) -> tuple[str, ...]:
    ratio = "baseline" if timing.cpu_ratio is None else format_ratio(timing.cpu_ratio)
    return format_seconds(timing.seconds), format_seconds(timing.cpu), f"{timing.cpu_share:.1%}", ratio
