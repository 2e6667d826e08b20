"""Whether two measurements of one scenario agree: the resampling behind the scripts in tests/benchmarks."""

import random

import pytest

from tests.benchmarks.agreement import Pair, difference

TRUTH = 0.5
"""Seconds per iteration."""


def pairs(count: int, seed: int, factor: float = 1.0) -> list[Pair]:
    """Pairs whose machine drifts by 30%, processes that differ by 1%, their values by another 1%."""
    draw = random.Random(seed)

    def process(level: float) -> list[float]:
        level *= draw.gauss(1, 0.01)
        return [level * draw.gauss(1, 0.01) for _ in range(3)]

    drifts = [TRUTH * draw.uniform(1, 1.3) for _ in range(count)]
    return [(process(drift * factor), process(drift)) for drift in drifts]


@pytest.mark.parametrize("seed", range(3))
def test_equal_scenarios_agree_within_five_percent_on_a_machine_that_drifts_by_thirty(seed: int) -> None:
    found = difference(pairs(12, seed))
    assert found.low < found.value < found.high
    assert found.within(0.05)


def test_a_tenth_more_is_found_with_its_sign_and_is_outside() -> None:
    found = difference(pairs(12, 1, factor=1.1))
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.low > 0.05
    assert not found.within(0.05)
    assert str(found).startswith("+")


def test_a_slow_spell_that_meets_one_of_a_pair_does_not_move_the_difference() -> None:
    some = pairs(24, 4)
    ours, theirs = some[0]
    assert difference([([one * 3 for one in ours], theirs), *some[1:]]).within(0.05)


def test_values_of_one_process_do_not_pass_for_many_processes() -> None:
    found = difference([([0.5] * 30, [0.6] * 30), ([0.6] * 30, [0.5] * 30)])
    assert found.low < -0.1
    assert found.high > 0.1
