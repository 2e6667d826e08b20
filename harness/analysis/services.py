"""Services: the time of a request is the server's CPU time, and the driver's wall time stands beside it."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from harness.analysis.intervals import estimate
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.messages import Value
from harness.protocol.traffic import CROWD
from harness.records.entries import RoundMeasured
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.pace import ArmRound
from harness.records.passes import PassName
from harness.records.record import Timing
from harness.records.services import P99_BOUND, HighestRate, ServiceFigures, ServiceMemory

LEVEL = 1 - ERROR_RATE
"""The confidence level of what is seen of a service beside its ratio: nothing is judged by it."""


def by_cpu(rounds: Sequence[RoundMeasured]) -> Iterator[RoundMeasured]:
    """Yield a service's rounds with the server's CPU time as the time of each value.

    The wall time of a batch is the driver's as well, and its own where the server is the quicker of the two.
    """
    for measured in rounds:
        yield replace(measured, arms=tuple(map(_part_by_cpu, measured.arms)))


def _part_by_cpu(part: ArmRound) -> ArmRound:
    warmups, values = (tuple(map(_value_by_cpu, taken)) for taken in (part.warmups, part.values))
    return replace(part, warmups=warmups, values=values)


def _value_by_cpu(value: Value) -> Value:
    return replace(value, wall=value.cpu)


def add_service_figures(
    timings: Mapping[str, Timing], by_wall: BenchmarkSamples, passes: Mapping[PassName, BenchmarkSamples]
) -> dict[str, Timing]:
    """Return the timings of a service with what the driver saw; `by_wall` are its rounds as measured."""
    walls = by_wall.timings()
    return {
        name: _with_passes(_with_figures(timing, walls[name], by_wall.parts(name)), name, passes)
        for name, timing in timings.items()
    }


def _with_figures(timing: Timing, wall: Timing, parts: Sequence[ArmRound]) -> Timing:
    def over_rounds(number: Callable[[Value], float]) -> Estimate:
        return estimate([median(map(number, part.values)) for part in parts], LEVEL)

    figures = ServiceFigures(
        seconds=wall.seconds,
        ratio=wall.ratio,
        driver_share=over_rounds(lambda value: value.driver_cpu / value.wall),
        driver_seconds=over_rounds(lambda value: value.driver_cpu / value.loops / 1e9),
    )
    flags = timing.flags
    if figures.touches_the_driver:
        share = figures.driver_share.value
        flags = (
            *flags,
            f"the driver was busy {share:.0%} of the time: its wall time may be the driver's own",
        )
    return replace(timing, flags=flags, service=figures)


def _with_passes(timing: Timing, arm: str, passes: Mapping[PassName, BenchmarkSamples]) -> Timing:
    """Add what the passes over a service found."""
    if timing.service is None:
        return timing
    return replace(
        timing,
        service=replace(
            timing.service,
            highest_rate=_highest_rate(passes["rates"], arm),
            memory=_memory(passes["connections"].parts(arm)),
            latency_rate=_latency_rate(passes["latency"].parts(arm)),
        ),
    )


def _latency_rate(parts: Sequence[ArmRound]) -> float | None:
    return parts[0].values[0].rate if parts else None


def _highest_rate(rounds: BenchmarkSamples, arm: str) -> HighestRate | None:
    """Return the highest rate that a service kept up with, over rounds."""
    kept = [highest_kept(part.values) for part in rounds.parts(arm)]
    if not kept:
        return None
    base = rounds.plan.baseline
    theirs = [highest_kept(part.values) for part in rounds.parts(base)] if arm != base else []
    comparable = len(theirs) == len(kept) and all(kept) and all(theirs)
    logs = [math.log(mine / other) for mine, other in zip(kept, theirs, strict=True)] if comparable else []
    last = [part.values[-1].rate for part in rounds.parts(arm)]
    return HighestRate(
        rate=estimate(kept, LEVEL),
        ratio=estimate(logs, LEVEL).exp() if logs else None,
        is_last=any(rate == highest for rate, highest in zip(kept, last, strict=True)),
    )


def highest_kept(values: Sequence[Value]) -> float:
    """Return the highest rate at which p99 stayed below its bound, there and at all lower; 0 for none."""
    highest = 0.0
    for value in values:  # the rates rise from turn to turn
        if value.p99 / 1e9 > P99_BOUND:
            break
        highest = value.rate
    return highest


def _memory(parts: Sequence[ArmRound]) -> ServiceMemory | None:
    resident = [value.resident for part in parts for value in part.values]
    if not resident or not all(map(all, resident)):
        return None
    return ServiceMemory(
        at_rest=estimate([before for before, _ in resident], LEVEL),
        per_connection=estimate([(crowded - before) / CROWD for before, crowded in resident], LEVEL),
    )
