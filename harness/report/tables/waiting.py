"""What the CPU time of scenarios that wait comes to → a table."""

from harness.records.record import CaseResult, Record
from harness.report.formatting import format_estimate, microseconds
from harness.report.tables.table import Table

_NOTE = (
    "These spend most of their time waiting, so their wall time hides what a loop costs: CPU time an "
    "iteration, its share of the wall time, and its ratio to the baseline's."
)


def waiting(record: Record) -> Table | None:
    """The CPU time beside the wall time of every case that waits; None if none does."""
    rows = tuple(
        (result.benchmark.id, case.backend, *_figures(case))
        for result in record.results
        for case in result.cases
        if case.timing is not None and case.timing.waits
    )
    heads = ("scenario", "backend", "wall time", "CPU time", "share", "ratio of CPU times")
    return Table("CPU time of waiting", heads, rows, (_NOTE,)) if rows else None


def _figures(case: CaseResult) -> tuple[str, ...]:
    timing = case.timing
    if timing is None:
        return ()
    share = timing.cpu.value / timing.seconds.value
    ratio = "baseline" if timing.cpu_ratio is None else format_estimate(timing.cpu_ratio, "×")
    return microseconds(timing.seconds), microseconds(timing.cpu), f"{share:.1%}", ratio
