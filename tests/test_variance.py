"""Where the variance of rounds lies."""

import math
import random

import pytest

from harness.analysis.variance import variance_components
from harness.records.pace import RoundValues
from harness.records.trials import VarianceComponents
from tests.records import round_of, value

TURN, WORKER, ROUND = 0.02, 0.01, 0.05


def drawn(count: int, turns: int = 8, hiccup: float = 1.0) -> list[RoundValues]:
    """Rounds of three arms, varying by TURN, WORKER and ROUND; one turn in ten takes `hiccup` times."""
    draw = random.Random(5)

    def log_normal(deviation: float) -> float:
        return math.exp(draw.gauss(0, deviation))

    def arm(shared: float) -> list[float]:
        worker = 10_000 * shared * log_normal(WORKER)
        slow = [hiccup if draw.random() < 0.1 else 1.0 for _ in range(turns)]
        return [worker * log_normal(TURN) * times for times in slow]

    played = []
    for number in range(count):
        shared = log_normal(ROUND)
        played.append(round_of("story", number, {name: arm(shared) for name in "abc"}).turns)
    return played


def test_the_spread_finds_the_variances_that_rounds_were_made_of() -> None:
    spread = variance_components(drawn(1000), "a")
    assert spread is not None
    found = (spread.turn, spread.worker, spread.round)
    assert found == pytest.approx((TURN**2, WORKER**2, ROUND**2), rel=0.2)


def test_a_machine_that_hiccups_has_the_spread_of_its_other_turns() -> None:
    spread = variance_components(drawn(500, hiccup=3.0), "a")
    assert spread is not None
    assert TURN**2 < spread.turn < 3 * TURN**2


@pytest.mark.parametrize("rounds", [drawn(0), drawn(1), drawn(5, turns=1)])
def test_too_few_rounds_or_turns_have_no_spread(rounds: list[RoundValues]) -> None:
    assert variance_components(rounds, "a") is None


def test_without_the_baseline_there_is_no_spread() -> None:
    assert variance_components(drawn(5), "somebody else") is None


def test_workers_that_are_alike_have_no_variance() -> None:
    alike: RoundValues = dict.fromkeys("ab", tuple(value(1.0 + turn) for turn in range(8)))
    assert variance_components([alike] * 5, "a") == VarianceComponents(0.0, 0.0, 0.0)


def test_what_few_rounds_say_of_equal_workers_is_as_often_below_nothing_as_above() -> None:
    draw = random.Random(8)
    spreads = []
    for _ in range(100):
        rounds = [
            round_of("story", at, {name: [math.exp(draw.gauss(0, TURN)) for _ in range(8)] for name in "ab"})
            for at in range(20)
        ]
        spreads.append(variance_components([one.turns for one in rounds], "a"))
    assert 30 < sum(spread is not None and spread.worker < 0 for spread in spreads) < 70
