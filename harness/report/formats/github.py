"""A record for github-action-benchmark: the array that its tool "customSmallerIsBetter" reads."""

from collections.abc import Iterator

import msgspec

from harness.records.estimate import Estimate
from harness.records.record import Record, Timing
from harness.report.formatting import case_id, format_ratio, format_seconds


class Bench(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry as that action declares it; a range is half an interval's width behind "± "."""

    name: str
    value: float
    unit: str
    range: str = ""
    extra: str = ""


def render(record: Record) -> str:
    """A JSON array with the time of every case that has one, and its ratio where it has one."""
    return msgspec.json.format(msgspec.json.encode(list(benches(record))), indent=1).decode() + "\n"


def benches(record: Record) -> Iterator[Bench]:
    """µs per iteration, in the unit that the action converts, and time ratios."""
    for line in record.results:
        for cell in line.cases:
            if cell.timing is not None:
                yield from _of_case(case_id(line, cell), cell.timing)


def _of_case(name: str, timing: Timing) -> Iterator[Bench]:
    microseconds = timing.seconds.scaled(1e6)
    yield Bench(name, float(microseconds.value), "us", _range(microseconds), format_seconds(timing.seconds))
    if timing.ratio is not None:
        said = f"{format_ratio(timing.ratio)}, {timing.judgement}"
        yield Bench(f"{name}, time ratio", float(timing.ratio.value), "ratio", _range(timing.ratio), said)


def _range(estimate: Estimate) -> str:
    return f"± {estimate.half_width:.6g}" if estimate.has_interval else ""
