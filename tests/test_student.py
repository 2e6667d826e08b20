"""The t-test of the usual procedure decides as pyperf does, but for samples on the very edge."""

import random

import pytest
from pyperf._utils import is_significant, tdist95conf_level
from scipy.stats import t

from harness.analysis.student import differs_significantly

NEAR_THE_EDGE = 0.01
"""How far pyperf's table of critical values lies from the exact ones, as a share."""


def samples(seed: int, shift: float, count: int) -> tuple[list[float], list[float]]:
    draw = random.Random(seed)
    return tuple([draw.gauss(mean, 0.1) for _ in range(count)] for mean in (1.0, 1.0 + shift))  # type: ignore[return-value]


@pytest.mark.parametrize("count", [2, 6, 20, 60, 150])
def test_it_decides_as_pyperf_does_wherever_the_score_is_not_on_the_edge(count: int) -> None:
    decided = set()
    for seed in range(200):
        a, b = samples(seed, 0.2 / count**0.5, count)
        by_pyperf, score = is_significant(a, b)
        critical = t.ppf(0.975, 2 * count - 2)
        if abs(abs(score) / critical - 1) > NEAR_THE_EDGE:
            assert differs_significantly(a, b) == by_pyperf
            decided.add(by_pyperf)
    assert decided == {True, False}


def test_pyperfs_critical_values_are_within_one_percent_of_the_exact_ones() -> None:
    apart = [abs(tdist95conf_level(degrees) / t.ppf(0.975, degrees) - 1) for degrees in range(1, 2000)]
    assert 0 < max(apart) < NEAR_THE_EDGE


def test_samples_that_do_not_vary_differ_if_their_means_do() -> None:
    assert differs_significantly([1.0, 1.0], [2.0, 2.0])
    assert not differs_significantly([1.0, 1.0], [1.0, 1.0])
