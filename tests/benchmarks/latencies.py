"""How often intervals of latencies hold a truth that is known: `python -m tests.benchmarks.latencies 400`.

Times are drawn of Pareto's distribution, whose tail is heavy, or of a normal one for the median. What workers
and rounds add to them is alike for both arms, so that every ratio is 1.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from harness.analysis.merged_quantiles import (
    Bins,
    MergedQuantile,
    bin_at,
    merged_quantile,
    ratio_of_quantiles,
)
from harness.protocol.latency_bins import GAMMA, time_of

LEVEL = 0.95
LEAST = math.log(50_000)
TAIL = 1.5
"""The index of Pareto's distribution."""

Draw = Callable[[np.random.Generator, float], NDArray[np.float64]]
"""Returns the logarithms of a worker's times; the number is how slow its round is, normally distributed."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers of one kind: how their times are drawn, and a quantile of all of them whose truth is known."""

    name: str
    quantile: float
    truth: float
    draw: Draw


def pareto(operations: int, own: float = 0.0, shared: float = 0.0) -> Draw:
    """Draw times of Pareto's distribution, which a worker and its round make longer."""
    return lambda draw, round_: (
        LEAST + draw.exponential(1 / TAIL, operations) + own * draw.normal() + shared * round_
    )


def normal(operations: int, own: float, shared: float) -> Draw:
    """Draw times of which each differs by 5%, and that a worker and its round make longer."""
    return lambda draw, round_: (
        LEAST + draw.normal(0, 0.05, operations) + own * draw.normal() + shared * round_
    )


STALLS, STALL = 0.002, 4.0
"""The share of operations that stall, in the mean of all workers, and the logarithm of how much longer."""


def stalling(operations: int) -> Draw:
    """Draw times of Pareto's distribution, of which each worker stalls a share of its own."""

    def times(draw: np.random.Generator, _: float) -> NDArray[np.float64]:
        stalls = draw.random(operations) < draw.exponential(STALLS)
        return LEAST + draw.exponential(1 / TAIL, operations) + STALL * stalls

    return times


def beyond_stalls(quantile: float) -> float:
    """Return the logarithm of a quantile that lies among the operations that stall."""
    return beyond(quantile) + math.log(1 - STALLS + STALLS * math.exp(TAIL * STALL)) / TAIL


def beyond(quantile: float, spread: float = 0.0) -> float:
    """Return the logarithm of a quantile of Pareto's distribution under normal factors of this spread."""
    return LEAST - math.log(1 - quantile) / TAIL + TAIL * spread**2 / 2


KINDS = (
    Workers("p99.9 of 1,200 operations", 0.999, beyond(0.999), pareto(1_200)),
    Workers("p99.9 of 5,000 operations", 0.999, beyond(0.999), pareto(5_000)),
    Workers("p99 of 1,200 operations", 0.99, beyond(0.99), pareto(1_200)),
    Workers("p99.9 of 1,200, workers differ by 10%", 0.999, beyond(0.999, 0.1), pareto(1_200, own=0.1)),
    Workers("p99.9 of 5,000, workers stall unlike", 0.999, beyond_stalls(0.999), stalling(5_000)),
    Workers("p99 of 1,200, rounds differ by 30%", 0.99, beyond(0.99, 0.3), pareto(1_200, shared=0.3)),
    Workers("p50 of 200, workers differ by 6%, rounds by 30%", 0.5, LEAST, normal(200, 0.06, 0.3)),
    Workers("p50 of 200, rounds differ by 30%", 0.5, LEAST, normal(200, 0.0, 0.3)),
)


def main(trials: int, rounds: int) -> None:
    """Print a line for each kind: biases as logarithms, and how often intervals hold the truth."""
    draw = np.random.default_rng(1)
    print("workers, rounds | bias: median of rounds | bias: all | interval | of a ratio, half-width")
    for kind in KINDS:
        print(f"{kind.name}, {rounds} | {' | '.join(_figures(kind, draw, trials, rounds))}", flush=True)


def _figures(kind: Workers, draw: np.random.Generator, trials: int, rounds: int) -> list[str]:
    merged, medians, ratios = [], [], []
    for _ in range(trials):
        slow = draw.normal(size=rounds)
        own, base = ([_bins(kind.draw(draw, each)) for each in slow] for _ in range(2))
        pair = [merged_quantile(arm, kind.quantile, LEVEL) for arm in (own, base)]
        merged.append(pair[0])
        medians.append(median(math.log(time_of(bin_at(bins, kind.quantile))) for bins in own))
        ratios.append(ratio_of_quantiles(*pair))
    right = sum(not ratio.excludes_one for ratio in ratios) / trials
    return [
        f"{fmean(medians) - kind.truth:+.3f}",
        f"{fmean(each.log_time.value for each in merged) - kind.truth:+.3f}",
        f"{fmean(_holds(each, kind.truth) for each in merged):.1%}",
        f"{right:.1%}, {fmean(ratio.log().half_width for ratio in ratios):.3f}",
    ]


def _bins(logs: NDArray[np.float64]) -> Bins:
    numbers, counts = np.unique(np.ceil(logs / math.log(GAMMA)).astype(int), return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def _holds(merged: MergedQuantile, truth: float) -> bool:
    low, high = merged.log_time.low, merged.log_time.high
    return low is not None and high is not None and low <= truth <= high


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 9)
