"""The time of a value by its quiet laps: a neighbor's spell spoils some laps and not the value.

Laps are grouped into strata by the generations of garbage that were collected in them, and each stratum is
represented by its own quiet laps: those at its lower quartile. By the quiet laps of all together, collections
would be left out: a loop that spends a tenth of its time in them would be a tenth too fast.
"""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache

from harness.protocol.laps import lap_sizes, unpack
from harness.protocol.messages import LapCollections, Value

QUIET = 0.25
"""The quantile that stands for a stratum: low enough to be quiet, and not the least, which is luck."""

Lap = tuple[int, int]
"""The nanoseconds of a lap, and its iterations."""

Generations = tuple[int, ...]
"""The generations of the collections that began in a lap, lowest first."""


def quiet_seconds(value: Value) -> float:
    """Return the seconds of an iteration by its quiet laps, or of the whole value where it has one lap."""
    iterations = value.loops + value.unreported
    quiet = _quiet_wall(value.laps, iterations, _collections(value)) if value.laps else value.wall
    return quiet / value.loops / 1e9


def _collections(value: Value) -> LapCollections:
    """Return the collections of a value by lap; some journals tell of a lap only that it had any."""
    mask = value.collected_laps
    return value.lap_collections or tuple((lap, 0) for lap in range(mask.bit_length()) if mask >> lap & 1)


@lru_cache(maxsize=100_000)
def _quiet_wall(packed: str, iterations: int, collections: LapCollections) -> float:
    """Return the nanoseconds that all laps take at the pace of the quiet ones of their stratum."""
    times = unpack(packed)
    laps = tuple(zip(times, lap_sizes(iterations, len(times)), strict=True))
    generations: list[Generations] = [()] * len(laps)
    for lap, generation in sorted(collections, key=lambda collection: collection[1]):
        generations[lap] += (generation,)
    strata = _strata(laps, generations)
    free = strata.pop((), None)
    if free is None:
        alike = _strata(laps, zip(generations, (size for _, size in laps), strict=True))
        return sum(_quiet_time(stratum) for stratum in alike.values())
    pace = _quantile(_paces(free), QUIET)
    return pace * iterations + sum(_beyond(stratum, free) for stratum in strata.values())


def _strata(laps: Iterable[Lap], keys: Iterable[Hashable]) -> dict[Hashable, list[Lap]]:
    strata: dict[Hashable, list[Lap]] = {}
    for lap, key in zip(laps, keys, strict=True):
        strata.setdefault(key, []).append(lap)
    return strata


def _quiet_time(stratum: Sequence[Lap]) -> float:
    """Return the nanoseconds of a stratum at the pace of its quiet laps."""
    return _quantile(_paces(stratum), QUIET) * sum(size for _, size in stratum)


def _beyond(stratum: Sequence[Lap], free: Sequence[Lap]) -> float:
    """Return the nanoseconds that collections add to the laps of a stratum, beyond those that have none.

    A collection adds the same time to a lap however many iterations the lap has, so times beyond the pace are
    compared, and not times an iteration, by which longer laps would look quieter. One or two laps have no
    lower quartile: the least of them is taken, which is their median or lower third, and the pace is the same
    quantile of the laps without a collection.
    """
    quantile = max(QUIET, 1 / (len(stratum) + 1))
    pace = _quantile(_paces(free), quantile)
    return len(stratum) * _quantile([time - pace * size for time, size in stratum], quantile)


def _paces(laps: Iterable[Lap]) -> list[float]:
    return [time / size for time, size in laps]


def _quantile(numbers: Iterable[float], quantile: float) -> float:
    """Return a quantile, between two numbers where it falls there (Hyndman and Fan's sixth definition).

    Below it lies that share of what the numbers are drawn from, on average, however few they are. By the
    usual, seventh, the quartile of three lies above three eighths: a small stratum would count as less quiet.
    """
    ordered = sorted(numbers)
    place = min(max(quantile * (len(ordered) + 1) - 1, 0), len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
