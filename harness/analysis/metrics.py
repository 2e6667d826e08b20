"""The metrics of a case: timings are made of the rows of METRICS, and all formats iterate over them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import mean, median

from harness.analysis.samples import typical_seconds
from harness.records.estimate import Estimate
from harness.records.pace import ArmRound
from harness.records.record import Timing
from harness.records.units import Unit


@dataclass(frozen=True, slots=True)
class Metric:
    """Something that the rounds say of a case.

    `name` is what programs call it, `label` what people do. `read` returns its number in one round of an arm,
    None where that round has none; a metric that is a comparison with the baseline or the ideal is not read
    off a round, and has `of` instead, which finds it in the timing.
    """

    name: str
    label: str
    unit: Unit
    read: Callable[[ArmRound], float | None] | None = None
    of: Callable[[Timing], Estimate | None] | None = None

    def estimate_in(self, timing: Timing) -> Estimate | None:
        """Return the metric's estimate in a timing; None where it has none."""
        return timing.metrics.get(self.name) if self.of is None else self.of(timing)


def _cpu_seconds(part: ArmRound) -> float:
    return median(value.cpu / value.loops / 1e9 for value in part.values)


def _switches(part: ArmRound) -> float:
    return mean(sum(value.switches) / value.loops for value in part.values)


def _collecting(part: ArmRound) -> float:
    return sum(value.collecting for value in part.values) / sum(value.wall for value in part.values)


METRICS = (
    Metric("seconds", "time per iteration", Unit.SECONDS, lambda part: typical_seconds(part.values)),
    Metric("time_ratio", "time ratio", Unit.RATIO, of=lambda timing: timing.ratio),
    Metric(
        "excess_microseconds",
        "beyond its ideal",
        Unit.MICROSECONDS_BEYOND_IDEAL,
        of=lambda timing: timing.excess,
    ),
    Metric("cpu_seconds", "CPU time", Unit.SECONDS, _cpu_seconds),
    Metric("cpu_ratio", "ratio of CPU times", Unit.RATIO, of=lambda timing: timing.cpu_ratio),
    Metric("context_switches", "context switches", Unit.COUNT, _switches),
    Metric("collecting_share", "in garbage collection", Unit.SHARE, _collecting),
    Metric("peak_bytes", "peak memory", Unit.BYTES, lambda part: part.summary.peak),
    Metric(
        "startup_cpu_seconds",
        "CPU time of its start",
        Unit.SECONDS,
        lambda part: part.summary.startup / 1e9,
    ),
)
"""Every metric, in the order in which reports show them."""


def metrics_of(timing: Timing) -> Iterator[tuple[Metric, Estimate]]:
    """Yield the metrics that a timing has, with their estimates."""
    for metric in METRICS:
        if (estimated := metric.estimate_in(timing)) is not None:
            yield metric, estimated
