"""Where the level of a series of figures changes: judged over all series of a site together."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from harness.records.estimate import ERROR_RATE

FEWEST_FIGURES = 6
"""The figures that a series needs before a change can be told from its noise."""

SHORTEST_LEVEL = 3
"""The fewest figures of a level: two that are off by chance are none."""

_LEAST_NOISE = 1e-6
"""The standard deviation that is taken for figures that hardly differ, so that rounding is no change."""

_DIFFERENCES_TO_SD = 1 / (0.6745 * math.sqrt(2))
"""The standard deviation of normal noise, divided by the median absolute difference of neighbors."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a series, with the standard error that its own interval stands for; 0 where it has none."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class _Split:
    """A place where a series may have changed, the chance of one as clear in mere noise, and those inside."""

    index: int
    chance: float
    inner: tuple["_Split", ...] = ()


def change_points(series: Sequence[Sequence[Figure]]) -> tuple[tuple[int, ...], ...]:
    """Return, for each series, the indexes at which a new level begins.

    A series is split where the means of its parts are furthest apart in standard errors, and its parts again.
    Of all splits of all series those count that Benjamini and Hochberg's procedure (Journal of the Royal
    Statistical Society B 57, 1995) keeps at 5%: where nothing changed, 5% of sites have any mark at all.
    """
    splits = [tuple(_splits(figures, 0)) for figures in series]
    chances = [split.chance for found in splits for split in _all(found)]
    whole = len(chances) + sum(not found for found in splits)
    limit = max(
        (p for rank, p in enumerate(sorted(chances), 1) if p <= rank / whole * ERROR_RATE), default=-1
    )
    return tuple(tuple(sorted(_kept(found, limit))) for found in splits)


def _all(splits: Sequence[_Split]) -> Iterator[_Split]:
    for split in splits:
        yield split
        yield from _all(split.inner)


def _kept(splits: Sequence[_Split], limit: float) -> Iterator[int]:
    for split in splits:
        if split.chance <= limit:
            yield split.index
            yield from _kept(split.inner, limit)


def _splits(figures: Sequence[Figure], start: int) -> Iterator[_Split]:
    """Yield the clearest split of the figures, with those of its parts; `start` is the index of the first."""
    places = range(SHORTEST_LEVEL, len(figures) - SHORTEST_LEVEL + 1)
    if len(figures) < FEWEST_FIGURES:
        return
    weights = _weights(figures)
    chance, place = min((_chance(figures, weights, place), place) for place in places)
    chance = min(1.0, chance * len(places))
    inner = (
        (*_splits(figures[:place], start), *_splits(figures[place:], start + place))
        if chance <= ERROR_RATE
        else ()
    )
    yield _Split(start + place, chance, inner)


def _weights(figures: Sequence[Figure]) -> list[float]:
    """Return the weight of each figure: one over its variance, which is its own and that between sessions."""
    steps = median(abs(late.value - early.value) for early, late in pairwise(figures)) * _DIFFERENCES_TO_SD
    between = max(steps**2 - fmean(figure.error**2 for figure in figures), 0.0)
    return [1 / max(figure.error**2 + between, _LEAST_NOISE**2) for figure in figures]


def _chance(figures: Sequence[Figure], weights: Sequence[float], place: int) -> float:
    """Return the chance of means as far apart as those before and after a place, by Student's t.

    The figures' scatter around the two means decides, and never less than their own errors.
    """
    from scipy.special import stdtr

    sides = ((figures[:place], weights[:place]), (figures[place:], weights[place:]))
    totals = [math.fsum(side) for _, side in sides]
    means = [math.fsum(f.value * w for f, w in zip(*side, strict=True)) / total
             for side, total in zip(sides, totals, strict=True)]  # fmt: skip
    scatter = math.fsum(
        w * (f.value - mean) ** 2
        for side, mean in zip(sides, means, strict=True)
        for f, w in zip(*side, strict=True)
    )
    free = len(figures) - 2
    error = math.sqrt(max(1.0, scatter / free) * math.fsum(1 / total for total in totals))
    return float(2 * stdtr(free, -abs(means[1] - means[0]) / error))
