"""Whether two measurements of one story agree: the resampling behind the scripts in tests/benchmarks."""

import random

import pytest

from tests.benchmarks.agreement import Processes, difference

TRUTH = 0.5
"""Seconds per iteration."""


def processes(count: int, seed: int, factor: float = 1.0) -> Processes:
    """Processes that differ by 1%, their values by another 1%."""
    draw = random.Random(seed)
    levels = [TRUTH * factor * draw.gauss(1, 0.01) for _ in range(count)]
    return [[level * draw.gauss(1, 0.01) for _ in range(3)] for level in levels]


@pytest.mark.parametrize("seed", range(3))
def test_equal_stories_agree_within_five_percent(seed: int) -> None:
    found = difference(processes(12, seed), processes(12, seed + 100))
    assert found.low < found.value < found.high
    assert found.within(0.05)


def test_a_tenth_more_is_found_with_its_sign_and_is_outside() -> None:
    found = difference(processes(12, 1, factor=1.1), processes(12, 2))
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.low > 0.05
    assert not found.within(0.05)
    assert str(found).startswith("+")


def test_values_of_one_process_do_not_pass_for_many_processes() -> None:
    few = [[0.5] * 30, [0.6] * 30]
    found = difference(few, few)
    assert found.low < -0.1
    assert found.high > 0.1
