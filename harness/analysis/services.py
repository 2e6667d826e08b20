"""Services: the time of a request is the server's CPU time, and the driver's wall time stands beside it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from harness.analysis.intervals import estimate
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.messages import Value
from harness.records.entries import RoundMeasured
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.pace import ArmRound
from harness.records.record import Timing
from harness.records.services import ServiceFigures

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


def add_service_figures(timings: Mapping[str, Timing], by_wall: BenchmarkSamples) -> dict[str, Timing]:
    """Return the timings of a service with what the driver saw; `by_wall` are its rounds as measured."""
    walls = by_wall.timings()
    return {name: _with_figures(timing, walls[name], by_wall.parts(name)) for name, timing in timings.items()}


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
