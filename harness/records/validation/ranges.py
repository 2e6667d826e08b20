"""Ranges that numbers lie in, and the function that says what is wrong with a value of each type."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import singledispatch

from harness.records.estimate import Estimate

LARGEST_NUMBER = 1e18
"""The largest number of any kind: nanoseconds of thirty years, and more bytes than any machine has."""

LARGEST_RATIO = 1e9
"""The largest ratio of two times, and one by it the smallest: a second against a nanosecond."""

LARGEST_LOG_RATIO = math.log(LARGEST_RATIO)

LONGEST_SECONDS = 1e9
"""The longest time: thirty years."""

SHORTEST_SECONDS = 1e-12
"""The shortest time of an iteration that takes any: no clock shows as little."""


@singledispatch
def problems(_: object) -> Iterable[str]:
    """Yield what is wrong with a value whose parts are well, each by themselves."""
    return ()


def outside(low: float, high: float, /, **numbers: float | None) -> Iterator[str]:
    """Name each number that is there and does not lie between these two."""
    for name, number in numbers.items():
        if number is not None and not low <= number <= high:
            yield f"{name} is {number:g}, and lies outside {low:g} to {high:g}"


def estimate_outside(low: float, high: float, /, **estimates: Estimate | None) -> Iterator[str]:
    """Name each number of these estimates, its ends among them, which does not lie between the two."""
    for name, estimate in estimates.items():
        if estimate is not None:
            yield from outside(
                low,
                high,
                **{name: estimate.value, f"{name}.low": estimate.low, f"{name}.high": estimate.high},
            )


def no_ratio(**estimates: Estimate | None) -> Iterator[str]:
    """Name each number of the estimates that are there which can be no ratio of two times."""
    return estimate_outside(1 / LARGEST_RATIO, LARGEST_RATIO, **estimates)


def no_time(text: str, name: str) -> Iterator[str]:
    """Say so where a text is no date and time in the form of ISO 8601."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        yield f"{name} is no time such as 2026-11-26T13:40:00+00:00"


def no_logs(name: str, samples: Sequence[float]) -> Iterator[str]:
    """Name each sample that can be no logarithm of a ratio of two times."""
    for sample in samples:
        yield from outside(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO, **{name: sample})
