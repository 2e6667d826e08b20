"""The time of a value by its quiet laps: a neighbor's spell spoils some laps and not the value.

Laps with a garbage collection are a stratum of their own. By the quiet laps of all together, collections
would be left out: a loop that spends a tenth of its time in them would be a tenth too fast.
"""

from collections.abc import Sequence
from functools import lru_cache

from harness.protocol.laps import lap_sizes, unpack
from harness.protocol.messages import Value

QUIET = 0.25
"""The quantile that stands for a stratum: low enough to be quiet, and not the least, which is luck."""


def quiet_seconds(value: Value) -> float:
    """Return the seconds of an iteration by its quiet laps, or of the whole value where it has one lap."""
    iterations = value.loops + value.unreported
    quiet = _quiet_wall(value.laps, iterations, value.collected_laps) if value.laps else value.wall
    return quiet / value.loops / 1e9


@lru_cache(maxsize=100_000)
def _quiet_wall(packed: str, iterations: int, collected: int) -> float:
    """Return the nanoseconds that all laps take at the pace of the quiet ones of their stratum."""
    times = unpack(packed)
    sizes = lap_sizes(iterations, len(times))
    strata: dict[bool, list[tuple[float, int]]] = {}
    for lap, (time, size) in enumerate(zip(times, sizes, strict=True)):
        strata.setdefault(bool(collected >> lap & 1), []).append((time / size, size))
    return sum(
        _quantile([pace for pace, _ in laps]) * sum(size for _, size in laps) for laps in strata.values()
    )


def _quantile(paces: Sequence[float]) -> float:
    """Return the QUIET quantile, between two of them where it falls there (Hyndman and Fan's seventh)."""
    ordered = sorted(paces)
    place = (len(ordered) - 1) * QUIET
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
