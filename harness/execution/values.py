"""Whether the numbers of a worker's messages can be: no clock, counter or division gives some."""

from collections.abc import Iterator

from harness.protocol import digits, latency_bins
from harness.protocol.laps import lap_sizes, unpack
from harness.protocol.messages import Growth, LatencySketch, Turn, Value, WorkerSummary

LARGEST_NUMBER = digits.LARGEST
"""The largest number that a worker may send: nanoseconds of 292 years, and within what a float can divide."""


def has_laps(value: Value, turn: Turn) -> bool:
    """Decide whether a value has the laps that it was asked for, which make up all of its time."""
    asked = len(lap_sizes(turn.loops, turn.laps))
    if asked == 1:
        return not value.laps
    try:
        laps = unpack(value.laps)
    except ValueError:
        return False
    fits = all(0 <= lap < asked and generation >= 0 for lap, generation in value.lap_collections)
    return fits and min(laps) > 0 and len(laps) == asked and sum(laps) == value.wall


def counts_all_operations(sketch: LatencySketch) -> bool:
    """Decide whether the bins of a worker's sketch hold as many operations as it says that it timed."""
    try:
        return sum(latency_bins.unpack(sketch.bins).values()) == sketch.operations
    except ValueError:
        return False


def numbers_of(message: Value | WorkerSummary | LatencySketch | Growth) -> Iterator[float]:
    """Yield every number of a message, those of its sketch among them."""
    for name in message.__slots__:
        match getattr(message, name):
            case int() | float() as number:
                yield number
            case tuple() as numbers:
                yield from _flat(numbers)
            case LatencySketch() | Growth() as inner:
                yield from numbers_of(inner)


def _flat(numbers: tuple[float | tuple[float, ...], ...]) -> Iterator[float]:
    """Yield the numbers of a tuple of numbers, or of tuples of them."""
    for number in numbers:
        if isinstance(number, tuple):
            yield from number
        else:
            yield number
