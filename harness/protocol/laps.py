"""The laps of a value: how its iterations divide into them, and their times in few bytes.

It imports the standard library alone, because workers import it.
"""

from collections.abc import Iterable

from harness.protocol import digits


def lap_sizes(iterations: int, laps: int) -> tuple[int, ...]:
    """Return how many iterations each lap has: as alike as can be, and one at least."""
    laps = max(1, min(laps, iterations))
    return tuple((index + 1) * iterations // laps - index * iterations // laps for index in range(laps))


def pack(times: Iterable[int]) -> str:
    """Return times in nanoseconds as text: the least, then what each is longer.

    A lap of 0.3 ms is nearly as long as the next, so most take two bytes.
    """
    times = tuple(times)
    least = min(times)
    return digits.write((least, *(time - least for time in times)))


def unpack(text: str) -> tuple[int, ...]:
    """Return the times that were packed. Raises ValueError for what is no such text."""
    numbers = digits.read(text)
    if len(numbers) < 2:  # noqa: PLR2004 - the least and one lap
        raise ValueError("the laps are cut short")
    least, *longer = numbers
    return tuple(least + more for more in longer)
