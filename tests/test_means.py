"""Means of independent benchmarks: how often their intervals hold the truth, and where there is none."""

import math

import numpy as np
import pytest

from harness.analysis.means import FEWEST_ROUNDS, Part, mean_ratio

TRIALS = 400


def parts_of(draws: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[Part]:
    """Return parts of equal weight, one for each row of log ratios."""
    return [Part(tuple(row), 1 / len(draws)) for row in draws.tolist()]


@pytest.mark.parametrize("long_tailed", [False, True], ids=["normal rounds", "long-tailed rounds"])
@pytest.mark.parametrize(("benchmarks", "rounds"), [(2, 6), (3, 12), (8, 8)])
def test_an_interval_holds_the_truth_about_as_often_as_it_says(
    benchmarks: int, rounds: int, *, long_tailed: bool
) -> None:
    draw = np.random.default_rng(benchmarks * rounds)
    shape = (TRIALS, benchmarks, rounds)
    all_rounds = draw.standard_t(3, shape) if long_tailed else draw.normal(size=shape)
    held = 0
    for rounds_of_trial in 0.02 * all_rounds:
        mean = mean_ratio(parts_of(rounds_of_trial), 0.95)
        assert mean.low is not None
        assert mean.high is not None
        held += mean.low <= 1 <= mean.high
    assert 0.91 <= held / TRIALS <= 0.995


def test_a_mean_is_the_weighted_geometric_one() -> None:
    half, twice = (math.log(0.5),) * FEWEST_ROUNDS, (math.log(2.0),) * FEWEST_ROUNDS
    mean = mean_ratio([Part(half, 0.75), Part(twice, 0.25)], 0.95)
    assert mean.value == pytest.approx(0.5**0.75 * 2**0.25)
    assert (mean.low, mean.high) == (mean.value, mean.value)


def test_a_benchmark_with_few_rounds_leaves_the_mean_without_an_interval() -> None:
    enough, few = (0.1, 0.2, 0.1, 0.2, 0.1), (0.1, 0.2, 0.1, 0.2)
    mean = mean_ratio([Part(enough, 0.5), Part(few, 0.5)], 0.95)
    assert (mean.low, mean.high, mean.rounds) == (None, None, 4)
