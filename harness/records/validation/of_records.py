"""What must hold of the parts of a record that are computed."""

from collections.abc import Iterator
from dataclasses import fields

from harness.records.contrast import Contrast
from harness.records.cost import BenchmarkCost
from harness.records.estimate import Estimate
from harness.records.passes import PassFigure, PassResult
from harness.records.record import BenchmarkResult, CaseResult, Record, SelfTestCheck, Timing
from harness.records.references import dangling_references
from harness.records.stop_reason import StopReason
from harness.records.units import Unit
from harness.records.validation.ranges import (
    LARGEST_NUMBER,
    LARGEST_RATIO,
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    estimate_outside,
    no_logs,
    no_ratio,
    outside,
    problems,
)
from harness.records.verdict import Mismatch


@problems.register
def _(estimate: Estimate) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, rounds=estimate.rounds)
    if (estimate.low is None) != (estimate.high is None):
        yield "its interval has one end"
    elif estimate.low is not None and estimate.high is not None and not estimate.low <= estimate.high:
        yield "its interval ends before it begins"


@problems.register
def _(timing: Timing) -> Iterator[str]:
    missing = {"seconds", "cpu_seconds", "collecting_share"} - timing.metrics.keys()
    yield from (f"it has no metric {name!r}" for name in sorted(missing))
    yield from estimate_outside(SHORTEST_SECONDS, LONGEST_SECONDS, seconds=timing.metrics.get("seconds"))
    for name in ("cpu_seconds", "startup_cpu_seconds", "collecting_share", "context_switches"):
        yield from estimate_outside(0, LARGEST_NUMBER, **{name: timing.metrics.get(name)})
    yield from no_ratio(ratio=timing.ratio, cpu_ratio=timing.cpu_ratio)
    yield from outside(1 / LARGEST_RATIO, LARGEST_RATIO, mean_ratio=timing.mean_ratio)
    yield from outside(1, LARGEST_NUMBER, threads=timing.threads)
    if timing.ratio is not None and timing.excess is not None:
        yield "it has both a ratio and an excess"
    if timing.ratio is not None:
        yield from no_logs("samples", timing.samples)
    if not timing.samples and (timing.ratio or timing.excess):
        yield "it has no samples"


@problems.register
def _(figure: PassFigure) -> Iterator[str]:
    if figure.unit is Unit.RATIO:
        yield from no_ratio(ratio=figure.estimate)
    elif figure.unit is not Unit.MICROSECONDS_BEYOND_IDEAL:
        yield from estimate_outside(0, LARGEST_NUMBER, estimate=figure.estimate)


@problems.register
def _(result: PassResult) -> Iterator[str]:
    yield from outside(0, LARGEST_NUMBER, **result.numbers)
    for count in result.samples:
        yield from outside(1e-9, LARGEST_NUMBER, samples=count)


@problems.register
def _(contrast: Contrast) -> Iterator[str]:
    return no_ratio(ratio=contrast.ratio)


@problems.register
def _(cost: BenchmarkCost) -> Iterator[str]:
    parts = {field.name: getattr(cost, field.name) for field in fields(cost)}
    return outside(0, LONGEST_SECONDS, **parts)


@problems.register
def _(case: CaseResult) -> Iterator[str]:
    if case.timing is not None and not case.verdict.has_number:
        yield f"{case.backend} has a number beside the verdict {case.verdict.kind!s}"


@problems.register
def _(result: BenchmarkResult) -> Iterator[str]:
    if not result.cases:
        yield f"{result.benchmark.id} has no cases"
    yield from outside(0, LARGEST_NUMBER, rounds=result.rounds)
    if result.benchmark.ideal is None:
        yield from no_ratio(self_test=result.self_test)


@problems.register
def _(check: SelfTestCheck) -> Iterator[str]:
    yield from outside(1, LARGEST_NUMBER, benchmarks=check.benchmarks)
    yield from outside(0, check.benchmarks, differing=check.differing, allowed=check.allowed)


@problems.register
def _(reason: StopReason) -> Iterator[str]:
    return outside(0, LARGEST_NUMBER, number=reason.number)


@problems.register
def _(mismatch: Mismatch) -> Iterator[str]:
    longest = max(len(mismatch.promised), len(mismatch.observed))
    return outside(0, longest, first_line=mismatch.first_line)


@problems.register
def _(record: Record) -> Iterator[str]:
    return dangling_references(record)
