"""A record's overall figures: one time ratio for each backend over all benchmarks, and what it rests on.

A figure is the geometric mean of the benchmarks' time ratios, with families weighted equally. The record's
own page, the leaderboard and the badges of a site all show it, and there is no other. A plain mean over all
benchmarks would be ruled by the family that has most of them. A mean that counts controls, which are there to
show that nothing differs, would be drawn towards 1. And the means of the ends of the benchmarks' intervals
are no interval of the figure, unless all of these hold together, which those of a `--fast` run do not.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, median
from typing import TYPE_CHECKING

from harness.analysis.intervals import ratio_in
from harness.records.entries import RunStarted
from harness.records.estimate import Estimate, confidence_level
from harness.records.record import BenchmarkResult, Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTROL = "control"
"""The tag of benchmarks that are there to show that nothing differs; they are left out."""

FEWEST_ROUNDS = 20
"""The rounds of every benchmark below which there is no interval: fewer say too little of the tails."""

RESAMPLES = 2000
"""The resamples of a bootstrap, enough that 1% in a tail is 20 of them."""

Samples = tuple[float, ...]
"""The log ratios of a benchmark on a backend, one for each round."""

_Ratios = Sequence[tuple[BenchmarkResult, Mapping[str, Samples]]]
"""Results, each with the samples of the backends that have any."""


@dataclass(frozen=True, slots=True)
class BackendFigure:
    """A backend's overall time ratio; its `rounds` are those of the benchmark that has fewest."""

    backend: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class OverallFigures:
    """What all benchmarks with a number on every backend say together; they speak for these benchmarks only.

    `level` is that of one interval, adjusted for the number of backends; `timed` counts the benchmarks with a
    ratio at all, `benchmarks` are the ids of those that the figures rest on.
    """

    baseline: str
    backends: tuple[BackendFigure, ...]
    benchmarks: tuple[str, ...]
    families: tuple[str, ...]
    timed: int
    level: float


def overall_figures(record: Record) -> OverallFigures | None:
    """Return a record's overall figures; None where no benchmark has a ratio on every backend that has any.

    Benchmarks that sleep have no ratio, and controls are left out. Where a benchmark takes no gatherer, a
    backend's number is that of its loop. A figure that rests on one benchmark is that benchmark's ratio with
    its exact interval. Every other interval is that of a bootstrap, by percentiles: it resamples rounds
    within benchmarks, seeded by the plan (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
    ch. 13).
    """
    timed = list(_timed(record))
    backends = [name for name in record.backends if any(name in _own_cases(pair) for pair in timed)]
    shared = [pair for pair in timed if all(name in pair[1] for name in backends)]
    if not backends or not shared:
        return None
    plan = record.run.plan
    level = plan.level if len(shared) == 1 else confidence_level(len(backends))
    return OverallFigures(
        baseline=plan.baseline,
        backends=tuple(
            BackendFigure(name, _ratio(record.run, _by_family(shared, name), level, (plan.seed, number)))
            for number, name in enumerate(backends)
        ),
        benchmarks=tuple(result.benchmark.id for result, _ in shared),
        families=tuple(dict.fromkeys(result.benchmark.family for result, _ in shared)),
        timed=len(timed),
        level=level,
    )


def _timed(record: Record) -> Iterator[tuple[BenchmarkResult, dict[str, Samples]]]:
    """Yield the results that have a ratio, each with its samples by backend; controls are left out."""
    for result in record.results:
        if CONTROL not in result.benchmark.tags and (samples := _samples(record, result)):
            yield result, samples


def _own_cases(pair: tuple[BenchmarkResult, Mapping[str, Samples]]) -> set[str]:
    """Return the backends that a benchmark was timed on under their own name."""
    result, samples = pair
    return {case.backend for case in result.cases} & samples.keys()


def _samples(record: Record, result: BenchmarkResult) -> dict[str, Samples]:
    """Return a benchmark's samples by backend, those of a loop also for its other backends."""
    plan = record.run.plan
    samples = {
        case.backend: case.timing.samples
        for case in result.cases
        if case.timing is not None and case.timing.ratio is not None
    }
    if not samples:
        return samples
    for name in [name for name in record.backends if name not in samples]:
        column = plan.column_of(name, result.benchmark)
        if column in samples:
            samples[name] = samples[column]
        elif column == plan.baseline != name:
            samples[name] = (0.0,) * result.rounds  # the baseline's own code, which is not run twice
    return samples


def _by_family(shared: _Ratios, backend: str) -> list[list[Samples]]:
    """Return a backend's samples of each benchmark, family by family."""
    families: dict[str, list[Samples]] = {}
    for result, samples in shared:
        families.setdefault(result.benchmark.family, []).append(samples[backend])
    return list(families.values())


def _ratio(
    run: RunStarted, families: Sequence[Sequence[Samples]], level: float, seed: Sequence[int]
) -> Estimate:
    """Return the mean over families of the mean over benchmarks of the median over rounds, as a ratio."""
    benchmarks = [samples for family in families for samples in family]
    if len(benchmarks) == 1:
        return ratio_in(run, benchmarks[0], level).exp()
    value = fmean(fmean(map(median, family)) for family in families)
    rounds = min(map(len, benchmarks))
    if rounds < FEWEST_ROUNDS:
        return Estimate(value, None, None, rounds).exp()
    return Estimate(value, *_bootstrap(families, level, seed), rounds).exp()


def _bootstrap(
    families: Sequence[Sequence[Samples]], level: float, seed: Sequence[int]
) -> tuple[float, float]:
    """Return the ends of the interval at `level` of the mean that `_ratio` describes."""
    import numpy as np

    draw = np.random.default_rng(seed)
    means = np.zeros(RESAMPLES)
    for family in families:
        for samples in family:
            means += resampled_medians(samples, draw) / len(family) / len(families)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def resampled_medians(samples: Samples, draw: "np.random.Generator") -> "NDArray[np.float64]":
    """Return the medians of resamples with replacement, drawn by their ranks and not sample by sample.

    Drawing whole resamples took ten times as long: 1.43 s and not 0.14 s for a backend with 150 benchmarks.
    """
    import numpy as np

    ordered: NDArray[np.float64] = np.sort(np.asarray(samples, dtype=np.float64))
    lower, upper, shares = _middle_ranks(len(samples))
    drawn = np.minimum(shares.searchsorted(draw.random(RESAMPLES), "right"), len(shares) - 1)
    return ((ordered[lower] + ordered[upper]) / 2)[drawn]


@lru_cache(maxsize=64)
def _middle_ranks(n: int) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]":
    """Return the pairs of ranks that may stand in the middle of a resample of n, and their running shares.

    Each pair stands there in a whole number of the nⁿ resamples: those with at most half of their draws at
    the lower rank or below, one of them at it, and at least half at the upper rank or above (David and
    Nagaraja, Order Statistics, 2003, section 2.1). So one uniform number draws the median of n. An odd n has
    one rank in its middle.
    """
    import numpy as np

    half = (n + 1) // 2
    steps = [(rank + 1) ** half - rank**half for rank in range(n)]
    ways: dict[tuple[int, int], int] = {}
    for rank in range(n):
        above = () if n % 2 else range(rank + 1, n)
        ways |= {(rank, upper): math.comb(n, half) * steps[rank] * steps[n - 1 - upper] for upper in above}
        both = _reaching(n, rank + 1) - _reaching(n, rank) - sum(ways[rank, upper] for upper in above)
        ways[rank, rank] = both
    lower, upper = np.array(list(ways)).T
    return lower, upper, np.cumsum([count / n**n for count in ways.values()])


def _reaching(n: int, lowest: int) -> int:
    """Return how many resamples of n have at least half of their draws among so many of the lowest ranks."""
    return sum(math.comb(n, k) * lowest**k * (n - lowest) ** (n - k) for k in range((n + 1) // 2, n + 1))
