"""The tables of what the passes of a record gave."""

from collections.abc import Iterator
from itertools import chain

from harness.analysis.passes import operations_needed
from harness.records.passes import Quantile
from harness.records.record import BenchmarkResult, Record, Timing
from harness.report.backend_names import shown_names
from harness.report.formatting import (
    format_duration,
    format_estimate,
    format_ratio,
    format_seconds,
    format_share,
)
from harness.report.tables.table import Table, names, numbers

_LEVEL = "95% each, not adjusted"

_CASE = names("benchmark", "backend")
"""The columns that name a case."""


def _timed(record: Record) -> Iterator[tuple[BenchmarkResult, str, Timing]]:
    """Yield every case that has a number: its result, the name of its backend, and its timing."""
    shown = shown_names(record.backends)
    for result in record.results:
        for cell in result.cases:
            if cell.timing is not None:
                yield result, shown[cell.backend], cell.timing


def latency(record: Record) -> Table | None:
    """Return the quantiles of one operation's time, and their ratio to the baseline's; None without any."""
    latencies = [
        (result, name, timing.latency)
        for result, name, timing in _timed(record)
        if timing.latency is not None
    ]
    if not latencies:
        return None
    quantiles = [(quantile.name, operations_needed(quantile.of)) for quantile in latencies[0][2].quantiles]
    rows = tuple(
        (result.benchmark.id, name, *chain.from_iterable(map(_quantile, quantiles_of_case.quantiles)))
        for result, name, quantiles_of_case in latencies
    )
    note = (
        f"Each operation timed by itself, clock and all, in rounds of their own; a worker's quantile, the "
        f"median over rounds ({_LEVEL}), and the ratio to the baseline's."
    )
    enough = ", ".join(f"{needed:,} for {name}" for name, needed in quantiles)
    heads = chain.from_iterable((name, f"{name}, ratio") for name, _ in quantiles)
    notes = (note, f"none: a worker timed too few; it takes {enough}.")
    return Table("Latency of one operation", (*_CASE, *numbers(*heads)), rows, notes)


def _quantile(quantile: Quantile) -> tuple[str, str]:
    """Return the quantile's time and its ratio to the baseline's, the last of which has the interval."""
    if quantile.seconds is None:
        return "none", ""
    if quantile.ratio is None:
        return format_seconds(quantile.seconds), ""
    return format_duration(quantile.seconds.value), format_ratio(quantile.ratio)


def collections(record: Record) -> Table | None:
    """Return what full garbage collections cost; None if there is no such pass."""
    rows = tuple(
        (
            result.benchmark.id,
            name,
            format_share(timing.full_collections.share),
            format_seconds(timing.full_collections.seconds),
            f"{timing.full_collections.count.value:g}",
        )
        for result, name, timing in _timed(record)
        if timing.full_collections is not None
    )
    if not rows:
        return None
    note = (
        "In rounds of their own, without the collection that ordinary turns begin with: the share of wall "
        f"time spent in full collections, their time an iteration ({_LEVEL}), and how many a worker saw: "
        "0 is none in about a second. CPython 3.14.0 to 3.14.4 count those that collect an increment of "
        "the old objects."
    )
    columns = (*_CASE, *numbers("share", "an iteration", "seen"))
    return Table("Full garbage collections", columns, rows, (note,))


def instructions(record: Record) -> Table | None:
    """Return the instructions of an iteration, and their ratio to the baseline's; None without any."""
    rows = tuple(
        (
            result.benchmark.id,
            name,
            format_estimate(timing.instructions.count),
            "" if timing.instructions.ratio is None else format_ratio(timing.instructions.ratio),
        )
        for result, name, timing in _timed(record)
        if timing.instructions is not None
    )
    if not rows:
        return None
    note = (
        "Counted by valgrind in rounds of their own, each with a seed of hashes that all backends "
        f"share ({_LEVEL}). They hardly change with the machine's load, and are no stand-in for time."
    )
    return Table("Instructions", (*_CASE, *numbers("an iteration", "ratio")), rows, (note,))


def on_two_cpus(record: Record) -> Table | None:
    """Return the cases of backends with helper threads, on one CPU and on two; None if there are none."""
    rows = tuple(
        (result.benchmark.id, name, str(timing.threads), *_side_by_side(timing))
        for result, name, timing in _timed(record)
        if timing.on_two_cpus is not None
    )
    if not rows:
        return None
    note = (
        "Where a backend has threads that work and the baseline has not, one CPU alone would be unfair to it "
        "and wall time alone too kind: all backends of the benchmark are timed on two as well, per iteration."
    )
    heads = (f"{what}, {cpus}" for cpus in ("1 CPU", "2 CPUs") for what in _SIDE)
    columns = (*_CASE, *numbers("threads", *heads))
    return Table("Helper threads: on one CPU and on two", columns, rows, (note,))


_SIDE = ("wall time", "CPU time")


def _side_by_side(timing: Timing) -> Iterator[str]:
    if timing.on_two_cpus is not None:
        for timed in (timing, timing.on_two_cpus):
            yield format_seconds(timed.seconds) if timed.ratio is None else format_ratio(timed.ratio)
            yield format_seconds(timed.cpu)
