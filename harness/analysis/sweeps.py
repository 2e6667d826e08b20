"""Sweeps: time and memory of benchmarks that differ in one number, with the exponent of a fitted power."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression

from harness.protocol.descriptions import Parameter
from harness.records.estimate import ERROR_RATE, Estimate
from harness.records.record import BenchmarkResult, Record

FEWEST = 3
"""The fewest points for which a fitted exponent has an interval."""

DEARER = 1.25
"""How many times its lowest cost a unit must cost to be said to grow dearer over a sweep."""

HEAVIER = 2.0
"""How many times the peak memory at the smallest value that at the largest must be to give one for a unit.

Below it, less of the memory comes from the parameter than from what an iteration takes in any case.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds per iteration at one value of the parameter.

    `result_index` counts the record's results from 0. `collecting` is the share of the time that garbage
    collection takes; `peak` is in bytes.
    """

    value: float
    seconds: Estimate
    result_index: int
    collecting: float = 0.0
    peak: Estimate | None = None

    @property
    def unit(self) -> float:
        """The seconds for one unit of the parameter: of a fan-out to n tasks, for one task."""
        return self.seconds.value / self.value

    @property
    def unit_without_collecting(self) -> float:
        """The seconds for one unit of the parameter, less the time in garbage collection."""
        return self.unit * (1 - self.collecting)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a unit of the parameter costs at its largest value, beside the value where it is cheapest."""

    cheapest: Point
    largest: Point

    @property
    def times(self) -> float:
        """How many times dearer a unit is."""
        return self.largest.unit / self.cheapest.unit

    @property
    def times_without_collecting(self) -> float:
        """How many times dearer it would be if nothing was spent on garbage collection."""
        return self.largest.unit_without_collecting / self.cheapest.unit_without_collecting


@dataclass(frozen=True, slots=True)
class Curve:
    """One backend's times over a sweep; `exponent` is b of t = a · nᵇ, its `rounds` the points."""

    backend: str
    points: tuple[Point, ...]
    exponent: Estimate

    @property
    def growth(self) -> Growth | None:
        """How much dearer a unit is at the largest value, as on a super-linear loop; None if not."""
        growth = Growth(min(self.points, key=lambda point: point.unit), self.points[-1])
        return growth if growth.times > DEARER else None

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
            Point(value, case.timing.seconds, index, case.timing.collecting.value, case.timing.peak_memory)
            for value, index in members
            for case in record.results[index].cases
            if case.backend == backend and case.timing is not None
        )
        if len(points) >= FEWEST:
            yield Curve(backend, points, fit(points))


def fit(points: Sequence[Point]) -> Estimate:
    """Return the exponent of the power through the points, with its 95% interval.

    It is fitted by least squares of ln t over ln n; the interval is the slope's standard error times
    Student's t at n - 2 degrees of freedom (Draper and Smith, Applied Regression Analysis, section 1.4). It
    says how far from a power the points lie, not how well each was measured.
    """
    from scipy.special import stdtrit

    logs = [math.log(point.value) for point in points]
    times = [math.log(point.seconds.value) for point in points]
    slope, start = linear_regression(logs, times)
    middle, free = fmean(logs), len(points) - 2
    missed = math.fsum((t - start - slope * n) ** 2 for n, t in zip(logs, times, strict=True))
    error = math.sqrt(missed / free / math.fsum((n - middle) ** 2 for n in logs))
    away = float(stdtrit(free, 1 - ERROR_RATE / 2)) * error
    return Estimate(slope, slope - away, slope + away, len(points))
