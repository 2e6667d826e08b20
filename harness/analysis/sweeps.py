"""Sweeps: benchmarks that differ in one number, how their times grow, and how the ratios move.

The benchmarks of a sweep are timed one after the other, and a machine drifts meanwhile, so that only ratios,
which are made within turns, tell whether one backend grows dearer than another.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.protocol.descriptions import Parameter
from harness.records.estimate import Estimate
from harness.records.record import BenchmarkResult, Record, Timing

FEWEST = 3
"""The fewest points of a curve."""

MOVED = 1.05
"""How many times larger or smaller a ratio must certainly be at the largest value to be told."""

HEAVIER = 2.0
"""How many times the peak memory at the smallest value that at the largest must be to give one for a unit.

Below it, less of the memory comes from the parameter than from what an iteration takes in any case.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds per iteration at one value of the parameter.

    `result_index` counts the record's results from 0. `ratio` is that to the baseline, None for the baseline
    itself. `collecting` is the share of the time that garbage collection takes; `peak` is in bytes.
    """

    value: float
    seconds: Estimate
    result_index: int
    ratio: Estimate | None = None
    collecting: float = 0.0
    peak: Estimate | None = None


@dataclass(frozen=True, slots=True)
class RatioGrowth:
    """How a backend's ratio to the baseline moves from the smallest value of the parameter to the largest.

    `times` is the ratio at the largest over that at the smallest.
    """

    smallest: Point
    largest: Point
    times: Estimate


@dataclass(frozen=True, slots=True)
class Curve:
    """One backend's times over a sweep, the smallest value of the parameter first."""

    backend: str
    points: tuple[Point, ...]

    @property
    def exponent(self) -> Estimate:
        """The power by which the time grows between the two largest values: b of t = a · nᵇ.

        A power through all points would be that of no part of the curve where a fixed cost is added to what
        each unit takes. The interval is that of the two times; the machine's drift between them is not in it.
        """
        before, last = self.points[-2:]
        grown = last.seconds.over(before.seconds).log()
        return grown.scaled(1 / math.log(last.value / before.value))

    @property
    def growth(self) -> RatioGrowth | None:
        """How the ratio to the baseline moves over the sweep; None where it does not certainly by MOVED."""
        smallest, largest = self.points[0], self.points[-1]
        if smallest.ratio is None or largest.ratio is None:
            return None
        times = largest.ratio.over(smallest.ratio)
        if times.low is None or times.high is None:
            return None
        moved = times.low > MOVED or times.high < 1 / MOVED
        return RatioGrowth(smallest, largest, times) if moved else None

    @property
    def weight(self) -> Estimate | None:
        """Bytes of peak memory for one more unit, from the smallest value to the largest.

        The difference of the two peaks, and not the largest over its value: what a loop takes once, whatever
        it is given, is no unit's (on uvloop a mebibyte, as much as 400 tasks). Nor a line of least
        squares: over powers of ten it follows the largest alone, and its interval says how straight the
        line is, not how well a peak is known. None where memory was not recorded or does not stand out.
        """
        first, last = self.points[0], self.points[-1]
        if first.peak is None or last.peak is None or last.peak.value < HEAVIER * first.peak.value:
            return None
        unit = last.peak.minus(first.peak).scaled(1 / (last.value - first.value))
        return None if unit.low is not None and unit.low <= 0 else unit


@dataclass(frozen=True, slots=True)
class Sweep:
    """A scenario over one parameter, the others held: `fixed` names them."""

    scenario: str
    parameter: str
    fixed: tuple[tuple[str, Parameter], ...]
    curves: tuple[Curve, ...]

    @property
    def name(self) -> str:
        """The sweep's name as benchmarks are named, without the number that varies: `order:n`."""
        return ":".join([self.scenario, *(f"{name}={value}" for name, value in self.fixed), self.parameter])


def sweeps(record: Record) -> tuple[Sweep, ...]:
    """Return every sweep of a record that has a curve of at least FEWEST points."""
    groups: dict[tuple[str, str, tuple[tuple[str, Parameter], ...]], list[tuple[float, int]]] = {}
    for index, result in enumerate(record.results):
        for name, value in _numbers(result):
            fixed = tuple(pair for pair in result.benchmark.parameters if pair[0] != name)
            groups.setdefault((result.benchmark.scenario, name, fixed), []).append((value, index))
    candidates = (
        Sweep(scenario, name, fixed, tuple(_curves(record, sorted(members))))
        for (scenario, name, fixed), members in groups.items()
    )
    return tuple(sweep for sweep in candidates if sweep.curves)


def _numbers(result: BenchmarkResult) -> Iterator[tuple[str, float]]:
    """Yield the parameters of a benchmark that a power can be fitted over: positive numbers."""
    if result.benchmark.ideal is not None:
        return
    for name, value in result.benchmark.parameters:
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            yield name, float(value)


def _curves(record: Record, members: Sequence[tuple[float, int]]) -> Iterator[Curve]:
    for backend in record.backends:
        points = tuple(
            _point(value, index, case.timing)
            for value, index in members
            for case in record.results[index].cases
            if case.backend == backend and case.timing is not None
        )
        if len(points) >= FEWEST:
            yield Curve(backend, points)


def _point(value: float, result_index: int, timing: Timing) -> Point:
    return Point(
        value, timing.seconds, result_index, timing.ratio, timing.collecting.value, timing.peak_memory
    )
