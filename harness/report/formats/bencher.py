"""A record in the Bencher Metric Format, which `bencher run --adapter json` reads."""

from collections.abc import Iterator

import msgspec

from harness.records.estimate import Estimate
from harness.records.record import Record, Timing
from harness.report.formatting import case_id

LONGEST_NAME = 1024
"""Characters that Bencher allows in the name of a benchmark."""


class Metric(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value with the ends of its interval, if it has one."""

    value: float
    lower_value: float | None = None
    upper_value: float | None = None


def render(record: Record) -> str:
    """A JSON object: case by case, its measures and their metrics."""
    cases = {
        case_id(line, cell)[:LONGEST_NAME]: dict(_measures(cell.timing))
        for line in record.results
        for cell in line.cases
        if cell.timing is not None
    }
    return msgspec.json.format(msgspec.json.encode(cases), indent=1).decode() + "\n"


def _measures(timing: Timing) -> Iterator[tuple[str, Metric]]:
    """Latency is Bencher's own measure, in ns; the others are named by what they are."""
    yield "latency", _metric(timing.seconds.scaled(1e9))
    if timing.ratio is not None:
        yield "time-ratio", _metric(timing.ratio)
    if timing.peak_memory is not None:
        yield "peak-memory", _metric(timing.peak_memory)


def _metric(estimate: Estimate) -> Metric:
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return Metric(float(estimate.value))
    return Metric(float(estimate.value), float(low), float(high))
