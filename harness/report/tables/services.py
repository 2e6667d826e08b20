"""The table of services: the server's CPU time a request, and what the driver saw of it."""

from collections.abc import Iterator

from harness.records.machine import DriverPlace
from harness.records.record import BenchmarkResult, Record, Timing
from harness.records.services import DRIVER_LIMIT, ServiceFigures
from harness.report.backend_names import shown_names
from harness.report.formatting import format_ratio, format_seconds, format_share
from harness.report.tables.table import Table, names, numbers

HEADS = ("CPU time", "wall time", "requests a second", "driver saturates at", "driver busy")


def services(record: Record) -> Table | None:
    """Return the figures of every service that was timed; None if none was."""
    rows = tuple(_rows(record))
    if not rows:
        return None
    columns = (*names("benchmark", "backend"), *numbers(*HEADS))
    return Table("Services: what a request takes", columns, rows, tuple(_notes(record)))


def _services(record: Record) -> Iterator[tuple[BenchmarkResult, str, Timing, ServiceFigures]]:
    shown = shown_names(record.backends)
    for result in record.results:
        for case in result.cases:
            if case.timing is not None and case.timing.service is not None:
                yield result, shown[case.backend], case.timing, case.timing.service


def _rows(record: Record) -> Iterator[tuple[str, ...]]:
    for result, name, timing, service in _services(record):
        yield result.benchmark.id, name, *_figures(timing, service)


def _figures(timing: Timing, service: ServiceFigures) -> tuple[str, ...]:
    cpu = format_seconds(timing.seconds) if timing.ratio is None else format_ratio(timing.ratio)
    wall = format_seconds(service.seconds) if service.ratio is None else format_ratio(service.ratio)
    mark = " *" if service.touches_the_driver else ""
    limit = 1 / service.driver_seconds.value
    return (
        cpu,
        wall + mark,
        f"{1 / service.seconds.value:,.0f}{mark}",
        f"{limit:,.0f}",
        format_share(service.driver_share),
    )


def _notes(record: Record) -> Iterator[str]:
    yield (
        "The server runs alone in a process on a CPU of its own. A driver without an event loop asks it from "
        "another CPU, over connections that stay open, each again once it has its answer, and compares "
        "every byte. Times are of one request: the server's CPU time, which a service's ratios are made of, "
        "and wall time."
    )
    if (place := record.run.machine.driver) is not None and place is not DriverPlace.OWN_CORE:
        yield f"Here the driver ran on {place}: the two slow each other down, on every backend alike."
    yield (
        "The driver saturates where its own CPU time a request leaves it no time to wait. "
        f"* The driver was busy for {DRIVER_LIMIT:.0%} of the time: the wall time may be its own."
    )
