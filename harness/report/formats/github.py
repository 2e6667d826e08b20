"""A record for github-action-benchmark: the array that its tool "customSmallerIsBetter" reads."""

from collections.abc import Iterator

import msgspec

from harness.analysis.metrics import metrics_of
from harness.records.estimate import Estimate
from harness.records.record import Record, Timing
from harness.records.units import Unit
from harness.report.formatting import case_id, format_in
from harness.report.json_text import json_text


class Bench(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry as that action declares it; a range is half an interval's width behind "± "."""

    name: str
    value: float
    unit: str
    range: str = ""
    extra: str = ""


def render(record: Record) -> str:
    """Return a JSON array with the metrics of every case that has a number."""
    return json_text(list(benches(record))) + "\n"


def benches(record: Record) -> Iterator[Bench]:
    """Yield every metric of every case; times in µs, a unit that the action converts."""
    for result in record.results:
        for cell in result.cases:
            if cell.timing is not None:
                yield from _of_case(case_id(result, cell), cell.timing)


def _of_case(case: str, timing: Timing) -> Iterator[Bench]:
    for metric, estimate in metrics_of(timing):
        unit, factor = _UNITS.get(metric.unit, (str(metric.unit), 1.0))
        scaled = estimate.scaled(factor)
        name = case if metric.name == "seconds" else f"{case}, {metric.label}"
        judged = f", {timing.judgement}" if metric.name == "time_ratio" else ""
        yield Bench(
            name, float(scaled.value), unit, _range(scaled), format_in(estimate, metric.unit) + judged
        )


_UNITS = {Unit.SECONDS: ("us", 1e6), Unit.MICROSECONDS_BEYOND_IDEAL: ("us", 1.0)}
"""Units that the action converts, and how many of one are in the metric's own."""


def _range(estimate: Estimate) -> str:
    return f"± {estimate.half_width:#.6g}" if estimate.has_interval else ""
