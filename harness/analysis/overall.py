"""A record → one figure per backend over all its rows, with what it rests on. numpy draws.

The geometric mean of the time ratios, families weighted equally, so that a family of many rows
does not outweigh one of few.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, median
from typing import TYPE_CHECKING

from harness.records.estimate import Estimate, confidence_level
from harness.records.record import BenchmarkResult, Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTROL = "control"
"""The tag of rows that are there to show that nothing differs; they are left out."""

FEWEST_ROUNDS = 20
"""Rounds of every row below which there is no interval: resampling fewer says too little of the tails."""

RESAMPLES = 2000
"""Of a bootstrap: enough that 1% in a tail is 20 of them."""

Samples = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BackendFigure:
    """A backend's geometric mean of time ratios; its `rounds` are those of the row that has fewest."""

    backend: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class OverallFigures:
    """What all rows with a number on every backend say together; it speaks for these rows only.

    `level` is that of one interval, adjusted for the number of backends; `timed` counts the rows with a
    ratio at all, `rows` are the ids of those that the figures rest on.
    """

    baseline: str
    backends: tuple[BackendFigure, ...]
    benchmarks: tuple[str, ...]
    families: tuple[str, ...]
    timed: int
    level: float


def overall_figures(record: Record) -> OverallFigures | None:
    """The summary of a record; None where no row has a ratio on every backend that has any.

    Rows that sleep have no ratio, and controls are left out. Where a row takes no gatherer, a
    backend's number is that of its loop. Intervals are percentiles of a bootstrap that resamples rounds
    within rows, seeded by the plan (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).
    """
    plan = record.run.plan
    ratios = [(line, _ratios(record, line)) for line in record.results if CONTROL not in line.benchmark.tags]
    ratios = [(line, found) for line, found in ratios if found]
    shown = [name for name in record.backends if any(name in own for _, own in _own(ratios))]
    resting = [(line, found) for line, found in ratios if all(name in found for name in shown)]
    if not shown or not resting:
        return None
    families = tuple(dict.fromkeys(line.benchmark.family for line, _ in resting))
    level = confidence_level(len(shown))
    overall = []
    for number, name in enumerate(shown):
        by_family = [
            [found[name] for line, found in resting if line.benchmark.family == family] for family in families
        ]
        overall.append(BackendFigure(name, _overall(by_family, level, (plan.seed, number))))
    rows = tuple(line.benchmark.id for line, _ in resting)
    return OverallFigures(plan.baseline, tuple(overall), rows, families, len(ratios), level)


def _own(
    ratios: Sequence[tuple[BenchmarkResult, dict[str, Samples]]],
) -> Iterator[tuple[BenchmarkResult, set[str]]]:
    """The backends that each row timed under their own name."""
    for line, found in ratios:
        yield line, {cell.backend for cell in line.cases} & found.keys()


def _ratios(record: Record, line: BenchmarkResult) -> dict[str, Samples]:
    """A row's log ratios to the baseline, one a round, by backend."""
    plan = record.run.plan
    found = {
        cell.backend: cell.timing.samples
        for cell in line.cases
        if cell.timing is not None and cell.timing.ratio is not None
    }
    if not found:
        return found
    absent = [name for name in record.backends if name not in found]
    for name in absent:
        place = plan.column_of(name, line.benchmark)
        if place in found:
            found[name] = found[place]
        elif place == plan.baseline != name:
            found[name] = (0.0,) * line.rounds  # the baseline's own code, which is not run twice
    return found


def _overall(families: Sequence[Sequence[Samples]], level: float, seed: Sequence[int]) -> Estimate:
    """The mean over families of the mean over their rows of the median over rounds."""
    value = fmean(fmean(map(median, rows)) for rows in families)
    rounds = min(len(samples) for rows in families for samples in rows)
    if rounds < FEWEST_ROUNDS:
        return Estimate(math.exp(value), None, None, rounds)
    low, high = _bootstrap(families, level, seed)
    return Estimate(math.exp(value), math.exp(low), math.exp(high), rounds)


def _bootstrap(
    families: Sequence[Sequence[Samples]], level: float, seed: Sequence[int]
) -> tuple[float, float]:
    import numpy as np

    draw = np.random.default_rng(seed)
    means = np.zeros(RESAMPLES)
    for rows in families:
        for samples in rows:
            means += _resampled_medians(samples, draw) / len(rows) / len(families)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled_medians(samples: Samples, draw: "np.random.Generator") -> "NDArray[np.float64]":
    """The medians of resamples with replacement, drawn by their ranks and not sample by sample."""
    import numpy as np

    ordered: NDArray[np.float64] = np.sort(np.asarray(samples, dtype=np.float64))
    lower, upper, shares = _middles(len(samples))
    drawn = np.minimum(shares.searchsorted(draw.random(RESAMPLES), "right"), len(shares) - 1)
    return ((ordered[lower] + ordered[upper]) / 2)[drawn]


@lru_cache(maxsize=64)
def _middles(n: int) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]":
    """The pairs of ranks that may stand in the middle of a resample of n, and the running share of each.

    Of the nⁿ resamples, whole numbers of them have each pair: half of their draws at most at the lower
    rank and one of them there, half at least at the upper (David and Nagaraja, Order Statistics, 2003,
    section 2.1). So one uniform number draws the median of n. An odd n has one rank in its middle.
    """
    import numpy as np

    half = (n + 1) // 2
    steps = [(at + 1) ** half - at**half for at in range(n)]
    ways: dict[tuple[int, int], int] = {}
    for at in range(n):
        above = () if n % 2 else range(at + 1, n)
        ways |= {(at, to): math.comb(n, half) * steps[at] * steps[n - 1 - to] for to in above}
        ways[at, at] = _reaching(n, at + 1) - _reaching(n, at) - sum(ways[at, to] for to in above)
    lower, upper = np.array(list(ways)).T
    return lower, upper, np.cumsum([way / n**n for way in ways.values()])


def _reaching(n: int, lowest: int) -> int:
    """How many resamples of n have half of their draws, or more, among so many of the lowest ranks."""
    return sum(math.comb(n, k) * lowest**k * (n - lowest) ** (n - k) for k in range((n + 1) // 2, n + 1))


def sentence(summary: OverallFigures) -> str:
    """The summary in one sentence, with what it rests on."""
    rows, families = len(summary.benchmarks), len(summary.families)
    base = f"{rows} of {summary.timed} rows with a ratio in {families} famil{'y' if families == 1 else 'ies'}"
    figures = "; ".join(f"{one.backend} {_figure(one.ratio)}" for one in summary.backends)
    return (
        f"Over {base} (geometric mean, families weighted equally), time divided by that of "
        f"{summary.baseline}: {figures}. This speaks for these rows only."
    )


def _figure(ratio: Estimate) -> str:
    if ratio.low is None or ratio.high is None:
        return (
            f"{ratio.value:.2f}× [no interval: a row has {ratio.rounds} rounds, fewer than {FEWEST_ROUNDS}]"
        )
    return f"{ratio.value:.3f}× [{ratio.low:.3f}, {ratio.high:.3f}]"
