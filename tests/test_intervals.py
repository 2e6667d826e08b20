"""Medians over rounds, their exact intervals, ratios within the same turns, and judgements."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from statistics import median

import pytest
from scipy.stats import mannwhitneyu, quantile_test, wilcoxon

from harness.analysis.intervals import (
    MANY,
    binomial_quantile,
    estimate,
    estimate_ratio,
    estimate_shift,
    judge_ratio,
)
from harness.analysis.samples import excess, log_ratio, log_ratio_of_totals, typical_seconds
from harness.protocol.messages import Value
from harness.records.estimate import Estimate, Judgement, confidence_level, rounds_needed
from tests.records import value


def turns(*microseconds: float) -> tuple[Value, ...]:
    return tuple(map(value, microseconds))


def chance_below(rank: int, count: int) -> Fraction:
    """The probability that fewer than `rank` of `count` samples lie below their distribution's median."""
    return Fraction(sum(math.comb(count, below) for below in range(rank)), 2**count)


def rank_by_hand(count: int, level: float) -> int:
    """The highest rank k for which [k-th lowest, k-th highest] covers the median at this level; 0 if none."""
    allowed = (1 - Fraction(level)) / 2
    return max(rank for rank in range(count // 2 + 1) if rank == 0 or chance_below(rank, count) <= allowed)


@pytest.mark.parametrize("level", [0.95, confidence_level(16), 0.99, 0.5])
@pytest.mark.parametrize("count", [6, 7, 20, 25, 51])
def test_the_interval_is_that_of_the_order_statistics(count: int, level: float) -> None:
    draw = random.Random(count)
    samples = [draw.expovariate(1.0) for _ in range(count)]
    rank = rank_by_hand(count, level)
    lowest_first = sorted(samples)
    expected = (lowest_first[rank - 1], lowest_first[-rank]) if rank else (None, None)
    found = estimate(samples, level)
    assert (found.low, found.high) == expected
    assert (found.value, found.rounds) == (median(samples), count)


SKEWED: dict[str, tuple[Callable[[random.Random], float], float]] = {
    "exponential": (lambda draw: draw.expovariate(1.0), math.log(2)),
    "heavy-tailed": (lambda draw: draw.paretovariate(1.1), 2 ** (1 / 1.1)),
    "two humps": (lambda draw: draw.choice([0.0, 0.0, 10.0]) + draw.random(), 0.75),
}


@pytest.mark.parametrize("shape", SKEWED)
def test_the_interval_covers_the_median_as_often_as_it_says(shape: str) -> None:
    sample, middle = SKEWED[shape]
    draw = random.Random(7)
    trials, covered = 50, 0
    for _ in range(trials):
        found = estimate([sample(draw) for _ in range(20)], 0.95)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= middle <= found.high
    exact = 1 - 2 * chance_below(rank_by_hand(20, 0.95), 20)
    deviation = math.sqrt(exact * (1 - exact) / trials)
    assert abs(covered / trials - exact) < 3 * deviation


@pytest.mark.parametrize("comparisons", [1, 2, 3, 5, 8, 16, 24, 100, 12_345])
def test_the_rounds_needed_are_the_fewest_that_have_an_interval(comparisons: int) -> None:
    level = confidence_level(comparisons)
    needed = rounds_needed(level)
    assert rank_by_hand(needed, level) > 0
    assert rank_by_hand(needed - 1, level) == 0


@pytest.mark.parametrize("comparisons", [1, 2, 3, 16, 24, 500])
def test_scipy_agrees_on_the_fewest_rounds(comparisons: int) -> None:
    level = confidence_level(comparisons)
    needed = rounds_needed(level)
    assert estimate(range(needed), level) == Estimate((needed - 1) / 2, 0, needed - 1, needed)
    assert estimate(range(needed - 1), level).low is None
    assert math.isnan(quantile_test(range(needed - 1), p=0.5).confidence_interval(level).low)


def test_fewer_rounds_are_a_value_without_an_interval() -> None:
    found = estimate([3.0, 1.0, 2.0], 0.95)
    assert found == Estimate(2.0, None, None, 3)
    assert found.half_width == math.inf
    assert found.exp() == Estimate(math.exp(2.0), None, None, 3)


@pytest.mark.parametrize(("comparisons", "level"), [(0, 0.95), (1, 0.95), (2, 0.975), (50, 0.999)])
def test_the_error_rate_is_shared_out_among_the_comparisons(comparisons: int, level: float) -> None:
    assert confidence_level(comparisons) == pytest.approx(level)


def test_an_estimate_of_logarithms_becomes_one_of_ratios() -> None:
    found = Estimate(math.log(2), math.log(1.5), math.log(3), 20).exp()
    assert (found.value, found.low, found.high) == pytest.approx((2, 1.5, 3))
    assert found.half_width == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("low", "high", "judgement"),
    [
        (0.60, 0.66, Judgement.LESS_TIME),
        (1.20, 1.30, Judgement.MORE_TIME),
        (0.995, 1.005, Judgement.EQUAL),
        (0.992, 0.998, Judgement.EQUAL),  # excludes 1, and is too near to matter
        (1.002, 1.008, Judgement.EQUAL),
        (0.99, 1.01, Judgement.EQUAL),
        (0.985, 0.999, Judgement.LESS_TIME),
        (1.001, 1.015, Judgement.MORE_TIME),
        (0.98, 1.0, Judgement.NO_CLEAR_DIFFERENCE),
        (0.98, 1.02, Judgement.NO_CLEAR_DIFFERENCE),
        (1.0, 1.02, Judgement.NO_CLEAR_DIFFERENCE),
        (None, None, Judgement.NO_CLEAR_DIFFERENCE),
    ],
)
def test_an_interval_is_judged_with_a_margin_of_one_percent(
    low: float | None, high: float | None, judgement: Judgement
) -> None:
    middle = 1.0 if low is None or high is None else (low + high) / 2
    assert judge_ratio(Estimate(middle, low, high, 20), 0.01) is judgement


def test_the_ratio_of_identical_values_is_one() -> None:
    mine = turns(3, 5, 4)
    assert log_ratio(mine, mine) == 0
    assert log_ratio_of_totals(mine, mine) == 0


def test_a_log_ratio_pairs_the_same_turns() -> None:
    drifting = turns(10, 20, 40, 80)
    twice_as_long = turns(20, 40, 80, 160)
    assert log_ratio(twice_as_long, drifting) == pytest.approx(math.log(2))
    assert log_ratio(turns(20, 40, 80, 10), turns(10, 20, 40, 80)) == pytest.approx(math.log(2))
    assert log_ratio(turns(160, 20, 40, 80), drifting) != pytest.approx(math.log(2))


def test_a_turn_without_its_counterpart_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        log_ratio(turns(1), turns(1, 2))


def test_times_are_per_iteration_whatever_the_loops() -> None:
    assert log_ratio([value(5, loops=10)], [value(5, loops=1000)]) == 0
    assert typical_seconds(turns(3, 9, 4)) == pytest.approx(4e-6)


def test_one_late_turn_moves_the_totals_and_not_the_typical_ratio() -> None:
    calm, hit = turns(10, 10, 10), turns(10, 10, 40)
    assert log_ratio(hit, calm) == 0
    assert log_ratio_of_totals(hit, calm) == pytest.approx(math.log(2))


@pytest.mark.parametrize(("slept", "beyond"), [(20_150.0, 150.0), (20_000.0, 0.0), (19_600.0, -400.0)])
def test_the_excess_of_a_scenario_that_sleeps_may_be_negative(slept: float, beyond: float) -> None:
    assert excess(turns(slept, slept - 50, slept + 50), ideal=0.02) == pytest.approx(beyond, abs=1e-6)


@pytest.mark.parametrize("rows", [1, 8, 20, 100])
def test_chance_allows_as_many_self_tests_to_differ_as_the_binomial_says(rows: int) -> None:
    rate = Fraction(1, 20)
    terms = [math.comb(rows, hits) * rate**hits * (1 - rate) ** (rows - hits) for hits in range(rows + 1)]
    allowed = binomial_quantile(rows)
    assert sum(terms[: allowed + 1]) >= Fraction(99, 100) > sum(terms[:allowed])


@pytest.mark.parametrize("count", [6, 7, 8, 13, 20, 24])
@pytest.mark.parametrize("level", [0.95, 0.96, 0.997])
def test_signed_ranks_are_those_of_scipys_exact_test(count: int, level: float) -> None:
    """The interval holds exactly the shifts that Wilcoxon's test does not reject."""
    if count < rounds_needed(level):
        assert not estimate_ratio(range(count), level).has_interval
        return
    draw = random.Random(count)
    samples = [draw.gauss(0, 1) for _ in range(count)]
    ratio = estimate_ratio(samples, level)
    assert ratio.low is not None
    assert ratio.high is not None
    for end, inward in ((ratio.low, 1e-9), (ratio.high, -1e-9)):
        inside, outside = (
            float(wilcoxon([sample - shift for sample in samples], method="exact").pvalue)
            for shift in (end + inward, end - inward)
        )
        assert inside > 1 - level >= outside


def test_the_middle_of_signed_ranks_is_the_median_of_the_means_of_pairs() -> None:
    assert estimate_ratio([1.0, 2.0, 6.0], 0.95).value == pytest.approx(median([1, 1.5, 3.5, 2, 4, 6]))


def test_signed_ranks_need_fewer_rounds_than_a_median_for_the_same_width() -> None:
    draw = random.Random(3)
    widths = []
    for _ in range(60):
        samples = [draw.gauss(0, 1) for _ in range(40)]
        widths.append(estimate_ratio(samples, 0.95).half_width / estimate(samples, 0.95).half_width)
    assert median(widths) < 0.85


@pytest.mark.parametrize(("old", "new"), [(4, 4), (6, 6), (8, 20), (20, 8), (30, 31)])
def test_the_shift_of_two_series_is_that_of_scipys_exact_test(old: int, new: int) -> None:
    draw = random.Random(old)
    before, after = ([draw.gauss(0, 1) for _ in range(count)] for count in (old, new))
    shift = estimate_shift(before, after, 0.95)
    assert shift.low is not None
    assert shift.high is not None
    for end, inward in ((shift.low, 1e-9), (shift.high, -1e-9)):
        inside, outside = (
            float(mannwhitneyu([sample - moved for sample in after], before, method="exact").pvalue)
            for moved in (end + inward, end - inward)
        )
        assert inside > 0.05 >= outside


def test_the_shift_of_few_rounds_has_no_interval() -> None:
    assert not estimate_shift([0.0] * 3, [1.0] * 3, 0.95).has_interval


def test_the_shift_of_many_rounds_is_nearly_exact() -> None:
    draw = random.Random(5)
    before, after = ([draw.gauss(0, 1) for _ in range(MANY // 2 + 1)] for _ in range(2))
    shift = estimate_shift(before, after, 0.95)
    for end in (shift.low, shift.high):
        moved = [sample - (end or 0.0) for sample in after]
        assert float(mannwhitneyu(moved, before).pvalue) == pytest.approx(0.05, abs=0.003)


def test_the_shift_needs_a_quarter_of_the_rounds_that_two_medians_need() -> None:
    """Rounds go by the square of the width: the ends of two intervals furthest apart are twice as wide."""
    draw = random.Random(1)

    def fewer(rounds: int) -> float:
        old, new = ([draw.gauss(0, 1) for _ in range(rounds)] for _ in range(2))
        apart = estimate(new, 0.975).minus(estimate(old, 0.975)).half_width
        return (apart / estimate_shift(old, new, 0.95).half_width) ** 2

    assert all(median(fewer(rounds) for _ in range(100)) > 3.5 for rounds in (10, 20, 48))
