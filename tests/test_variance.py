"""Where the variance of rounds lies, and the turns that it makes worth their time."""

import math
import random

import pytest

from harness.analysis.variance import (
    FEWEST_TURNS,
    MOST_TURNS,
    RoundCost,
    optimal_turns,
    round_cost,
    variance_components,
)
from harness.records.pace import RoundValues
from harness.records.trials import VarianceComponents
from tests.records import round_of, value

TURN, WORKER, ROUND = 0.02, 0.01, 0.05
QUIET = VarianceComponents(1e-6, 1e-4, 0.0)
NOISY = VarianceComponents(36e-4, 1e-4, 0.0)
PRICE = RoundCost(workers=0.3, turn=0.02)


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


def test_workers_whose_variance_is_below_nothing_have_none() -> None:
    assert optimal_turns(VarianceComponents(1e-4, -1e-5, 0.0), PRICE, 0.02, 0.95, 20) == optimal_turns(
        VarianceComponents(1e-4, 0.0, 0.0), PRICE, 0.02, 0.95, 20
    )


def test_the_price_of_a_turn_is_what_the_others_wait() -> None:
    waiting = tuple(value(10.0) for _ in range(4))  # each waits 1 ms for the other two
    rounds: list[RoundValues] = [dict.fromkeys("abc", waiting)] * 3
    price = round_cost(rounds, [0.4, 0.5, 0.9])
    assert price.turn == pytest.approx(3 * 0.001 / 2)
    assert price.workers == pytest.approx(0.5 - 4 * price.turn)


def test_rounds_in_which_one_arm_was_left_alone_do_not_say_what_a_turn_costs() -> None:
    waiting = tuple(value(10.0) for _ in range(4))
    both: list[RoundValues] = [dict.fromkeys("ab", waiting)] * 2
    alone: list[RoundValues] = [{"b": waiting}] * 3
    assert round_cost([*both, *alone], [0.5] * 5).turn == pytest.approx(round_cost(both, [0.5] * 2).turn)


@pytest.mark.parametrize(
    ("seconds", "turns"), [(0.0, FEWEST_TURNS), (0.3, FEWEST_TURNS), (0.51, 10), (3.0, 135)]
)
def test_a_round_has_time_for_so_many_turns(seconds: float, turns: int) -> None:
    assert PRICE.turns_within(seconds) == turns


def test_turns_that_cost_nothing_always_fit() -> None:
    assert RoundCost(workers=0.3, turn=0.0).turns_within(0.1) == MOST_TURNS


def test_noise_from_turn_to_turn_is_met_with_turns_and_noise_of_workers_with_rounds() -> None:
    wanted = [
        optimal_turns(spread, PRICE, precision=0.001, level=0.95, rounds=20) for spread in (QUIET, NOISY)
    ]
    assert wanted[0] == FEWEST_TURNS
    assert wanted[0] < wanted[1] <= MOST_TURNS
    assert wanted[1] == round(math.sqrt(0.3 * math.pi / 2 * 36e-4 / (0.02 * 1e-4)))


def test_no_more_turns_are_taken_than_the_precision_asks_of_the_first_rounds() -> None:
    coarse, fine = (optimal_turns(NOISY, PRICE, asked, level=0.95, rounds=20) for asked in (0.02, 0.001))
    assert FEWEST_TURNS < coarse < fine
    of_ratio = 2 * (NOISY.worker + math.pi / 2 * NOISY.turn / coarse)
    wide = 1.96 * math.sqrt(math.pi / 2 / 20 * of_ratio)
    assert wide == pytest.approx(0.8 * 0.02, rel=0.05)


def test_workers_without_a_variance_of_their_own_take_many_turns() -> None:
    assert optimal_turns(VarianceComponents(1e-4, 0.0, 0.0), PRICE, 0.0001, 0.95, 20) == MOST_TURNS
