"""What the passes of a record gave → tables."""

from collections.abc import Iterator

from harness.analysis.passes import operations_needed
from harness.records.passes import Quantile
from harness.records.record import BenchmarkResult, Record, Timing
from harness.report.formatting import format_estimate, microseconds
from harness.report.tables.table import Table

_LEVEL = "95% each, not adjusted"


def _timed(record: Record) -> Iterator[tuple[BenchmarkResult, str, Timing]]:
    """Every case that has a number: its row, its backend, and its timing."""
    for line in record.results:
        for cell in line.cases:
            if cell.timing is not None:
                yield line, cell.backend, cell.timing


def latency(record: Record) -> Table | None:
    """The quantiles of one operation's time, and their ratio to the baseline's; None without such a pass."""
    found = [(line, name, one.latency) for line, name, one in _timed(record) if one.latency is not None]
    if not found:
        return None
    names = [(quantile.name, operations_needed(quantile.of)) for quantile in found[0][2].quantiles]
    rows = tuple((line.benchmark.id, name, *map(_quantile, one.quantiles)) for line, name, one in found)
    note = (
        f"Each operation timed by itself, clock and all, in rounds of their own; a worker's quantile, the "
        f"median over rounds ({_LEVEL}), and the ratio to the baseline's."
    )
    enough = ", ".join(f"{needed:,} for {name}" for name, needed in names)
    heads = ("scenario", "backend", *(f"{name}, µs" for name, _ in names))
    return Table(
        "Latency of one operation", heads, rows, (note, f"none: a worker timed too few; it takes {enough}.")
    )


def _quantile(found: Quantile) -> str:
    """The absolute quantile with its interval; where there is a ratio, that has it."""
    if found.seconds is None:
        return "none"
    if found.ratio is None:
        return format_estimate(found.seconds.scaled(1e6))
    return f"{found.seconds.value * 1e6:,.1f}, {format_estimate(found.ratio, '×')}"


def collections(record: Record) -> Table | None:
    """What full garbage collections cost; None if there is no such pass."""
    rows = tuple(
        (
            line.benchmark.id,
            name,
            format_estimate(one.full_collections.share.scaled(100), "%"),
            microseconds(one.full_collections.seconds),
            f"{one.full_collections.count.value:g}",
        )
        for line, name, one in _timed(record)
        if one.full_collections is not None
    )
    if not rows:
        return None
    note = (
        "In rounds of their own, without the collection that ordinary turns begin with: the share of wall "
        f"time spent in full collections, their time an iteration ({_LEVEL}), and how many a worker saw: "
        "0 is none in about a second. CPython 3.14.0 to 3.14.4 count those that collect an increment of "
        "the old objects."
    )
    heads = ("scenario", "backend", "share", "an iteration", "seen")
    return Table("Full garbage collections", heads, rows, (note,))


def on_two_cpus(record: Record) -> Table | None:
    """The rows of backends with helper threads, on one CPU and on two; None if there are none."""
    rows = tuple(
        (line.benchmark.id, name, str(one.threads), *_side_by_side(one))
        for line, name, one in _timed(record)
        if one.on_two_cpus is not None
    )
    if not rows:
        return None
    note = (
        "Where a backend has threads that work and the baseline has not, one CPU alone would be unfair to it "
        "and wall time alone too kind: all backends of the row are timed on two as well, per iteration."
    )
    heads = (
        "scenario",
        "backend",
        "threads",
        *(f"{what}, {on}" for on in ("1 CPU", "2 CPUs") for what in _SIDE),
    )
    return Table("Helper threads: on one CPU and on two", heads, rows, (note,))


_SIDE = ("wall time", "CPU time")


def _side_by_side(timing: Timing) -> Iterator[str]:
    if timing.on_two_cpus is not None:
        for one in (timing, timing.on_two_cpus):
            yield microseconds(one.seconds) if one.ratio is None else format_estimate(one.ratio, "×")
            yield microseconds(one.cpu)
