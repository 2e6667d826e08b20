"""A record in the Bencher Metric Format, which `bencher run --adapter json` reads."""

from collections.abc import Iterator

import msgspec

from harness.analysis.metrics import metrics_of
from harness.records.estimate import Estimate
from harness.records.record import Record, Timing
from harness.report.formatting import case_id
from harness.report.json_text import json_text

LONGEST_NAME = 1024
"""Characters that Bencher allows in the name of a benchmark."""


class BencherMetric(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value with the ends of its interval, if it has one."""

    value: float
    lower_value: float | None = None
    upper_value: float | None = None


def render(record: Record) -> str:
    """Return a JSON object: case by case, its measures and their metrics."""
    cases = {
        case_id(result, cell)[:LONGEST_NAME]: dict(_measures(cell.timing))
        for result in record.results
        for cell in result.cases
        if cell.timing is not None
    }
    return json_text(cases) + "\n"


def _measures(timing: Timing) -> Iterator[tuple[str, BencherMetric]]:
    """Yield every metric as a measure: the time as Bencher's own one, latency in ns."""
    for metric, estimate in metrics_of(timing):
        if metric.name == "seconds":
            yield "latency", _metric(estimate.scaled(1e9))
        else:
            yield _MEASURES.get(metric.name, metric.name.replace("_", "-")), _metric(estimate)


_MEASURES = {"peak_bytes": "peak-memory"}
"""Measures that Bencher's users know by another name."""


def _metric(estimate: Estimate) -> BencherMetric:
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return BencherMetric(float(estimate.value))
    return BencherMetric(float(estimate.value), float(low), float(high))
