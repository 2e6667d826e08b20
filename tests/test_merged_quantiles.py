"""Quantiles of all operations, held against times whose distribution is known and against another sketch."""

import math
import random
from array import array
from collections.abc import Iterable, Sequence
from statistics import fmean, median

import pytest
from ddsketch import DDSketch
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.merged_quantiles import Bins, bin_at, merged_quantile, ratio_of_quantiles
from harness.protocol.latency_bins import ACCURACY, LAST_BIN, pack, time_of, unpack
from harness.worker.operation_timer import OperationTimer

LEVEL = 0.95
ROUNDS = 9
OPERATIONS = 1_200
"""So few that one operation of a worker lies beyond its p99.9."""
TRIALS = 60
TAIL = 1.5
"""The index of Pareto's distribution: some times are a hundred times as long as most; no variance."""
LEAST = 50_000.0

Rounds = Sequence[Sequence[int]]
"""The times in nanoseconds of each round's operations."""


def sketched(times: Iterable[int]) -> Bins:
    """What the parent reads of a worker that timed these."""
    timer = OperationTimer()
    timer.take(array("q", times))
    sketch = timer.latency_sketch()
    assert sketch is not None
    return unpack(sketch.bins)


def heavy_tailed(draw: random.Random, rounds: int = ROUNDS) -> Rounds:
    return [[round(LEAST * draw.paretovariate(TAIL)) for _ in range(OPERATIONS)] for _ in range(rounds)]


def truth(quantile: float) -> float:
    return LEAST / math.pow(1 - quantile, 1 / TAIL)


@pytest.fixture(scope="module")
def trials() -> list[list[Bins]]:
    draw = random.Random(1)
    return [list(map(sketched, heavy_tailed(draw))) for _ in range(TRIALS)]


def test_p999_of_all_operations_is_right_where_the_median_of_the_rounds_is_a_third_too_small(
    trials: list[list[Bins]],
) -> None:
    merged = [merged_quantile(rounds, 0.999, LEVEL).log_time.value for rounds in trials]
    by_rounds = [median(time_of(bin_at(bins, 0.999)) for bins in rounds) for rounds in trials]
    assert math.exp(fmean(merged)) == pytest.approx(truth(0.999), rel=0.1)
    assert math.exp(fmean(map(math.log, by_rounds))) < truth(0.999) * 2 / 3


def test_an_interval_holds_the_truth_in_nine_of_ten_trials_however_heavy_the_tail(
    trials: list[list[Bins]],
) -> None:
    for quantile in (0.5, 0.99, 0.999):
        intervals = [merged_quantile(rounds, quantile, LEVEL).log_time.exp() for rounds in trials]
        right = [one for one in intervals if one.low and one.high and one.low <= truth(quantile) <= one.high]
        assert len(right) >= 0.9 * TRIALS


def test_a_ratio_of_equal_distributions_holds_one_in_nine_of_ten_trials(trials: list[list[Bins]]) -> None:
    pairs = list(zip(trials[::2], trials[1::2], strict=True))
    for quantile in (0.5, 0.99, 0.999):
        ratios = [
            ratio_of_quantiles(*(merged_quantile(rounds, quantile, LEVEL) for rounds in pair))
            for pair in pairs
        ]
        assert sum(not one.excludes_one for one in ratios) >= 0.9 * len(pairs)
        assert all(one.has_interval for one in ratios)


def test_a_stall_that_two_workers_of_nine_have_is_in_p999_of_all_and_in_no_median_of_rounds() -> None:
    usual = [100_000] * 1_000
    stalled = [*usual[:980], *[10_000_000] * 20]
    rounds = list(map(sketched, (*[usual] * 7, *[stalled] * 2)))
    assert median(time_of(bin_at(bins, 0.999)) for bins in rounds) == pytest.approx(100_000, rel=ACCURACY)
    estimate = merged_quantile(rounds, 0.999, LEVEL).log_time.exp()
    assert estimate.value == pytest.approx(10_000_000, rel=ACCURACY)
    assert estimate.low == pytest.approx(100_000, rel=2 * ACCURACY)  # it could have been fewer workers


def test_what_slows_all_arms_of_a_round_widens_the_interval_of_a_time_and_not_that_of_a_ratio() -> None:
    draw = random.Random(2)
    own, base = [], []
    for _ in range(ROUNDS):
        speed = draw.uniform(0.8, 1.25)
        own.append(sketched(round(60_000 * speed * draw.uniform(0.9, 1.1)) for _ in range(1_000)))
        base.append(sketched(round(100_000 * speed * draw.uniform(0.9, 1.1)) for _ in range(1_000)))
    merged = [merged_quantile(rounds, 0.5, LEVEL) for rounds in (own, base)]
    ratio = ratio_of_quantiles(*merged)
    assert ratio.value == pytest.approx(0.6, rel=0.02)
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 0.6 < ratio.high
    assert ratio.log().half_width < min(one.log_time.half_width for one in merged) / 4


def test_two_arms_that_stall_in_the_same_rounds_do_not_differ() -> None:
    usual, stalled = [100_000] * 980, [10_000_000] * 20
    rounds = [sketched([*usual, *(stalled if number < 2 else usual[:20])]) for number in range(ROUNDS)]
    merged = merged_quantile(rounds, 0.999, LEVEL)
    ratio = ratio_of_quantiles(merged, merged)
    assert merged.log_time.half_width > 1
    assert ratio.value == 1
    assert ratio.log().half_width == pytest.approx(2 * ACCURACY)


def test_a_round_with_more_operations_counts_for_as_many_more() -> None:
    few, many = sketched([100_000] * 100), sketched([200_000] * 300)
    quantiles = [time_of(bin_at(bins, 0.5)) for bins in (few, many)]
    assert quantiles == pytest.approx([100_000, 200_000], rel=ACCURACY)
    assert merged_quantile([few, many], 0.5, LEVEL).log_time.exp().value == pytest.approx(
        200_000, rel=ACCURACY
    )


def test_times_that_do_not_vary_have_an_interval_as_wide_as_their_bin() -> None:
    estimate = merged_quantile([sketched([123_456] * 50)] * ROUNDS, 0.5, LEVEL).log_time.exp()
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low <= 123_456 <= estimate.high
    assert estimate.log().half_width == pytest.approx(ACCURACY)


def test_a_ratio_is_no_surer_than_the_bins_of_both_however_alike_the_rounds_are() -> None:
    draw = random.Random(4)
    times = [[round(draw.gauss(100_000, 5_000)) for _ in range(200)] for _ in range(ROUNDS)]
    merged = [
        merged_quantile([sketched(map(factor.__mul__, each)) for each in times], 0.5, LEVEL)
        for factor in (1, 3)
    ]
    ratio = ratio_of_quantiles(*reversed(merged))
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low <= 3 <= ratio.high
    assert ratio.log().half_width >= 2 * ACCURACY


def test_fewer_rounds_than_an_exact_interval_needs_have_none() -> None:
    five = merged_quantile([sketched(range(1, 200))] * 5, 0.5, LEVEL)
    assert not five.log_time.has_interval
    ratio = ratio_of_quantiles(five, five)
    assert (ratio.value, ratio.low, ratio.high, ratio.rounds) == (1, None, None, 5)


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**11), min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_is_that_of_the_library_whose_bins_these_are(times: list[int], quantile: float) -> None:
    library = DDSketch(ACCURACY)
    for time in times:
        library.add(time)
    assert time_of(bin_at(sketched(times), quantile)) == pytest.approx(library.get_quantile_value(quantile))


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, LAST_BIN), st.integers(1, 2**40), min_size=1))
def test_bins_that_are_packed_are_unpacked_as_they_were(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


@pytest.mark.parametrize(
    "text", ["", "é", "AA==", "====", pack({5: 0}), pack({LAST_BIN + 1: 1}), pack({5: 1, 7: 2})[:-4]]
)
def test_what_are_no_bins_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(text)


def test_a_time_that_the_clock_cannot_tell_counts_as_a_nanosecond() -> None:
    assert sketched([0, 0, 0]) == {0: 3}


def test_a_second_of_operations_takes_few_bytes() -> None:
    draw = random.Random(3)
    bins = sketched(round(100_000 * draw.lognormvariate(0, 0.15)) for _ in range(12_000))
    assert len(pack(bins)) < 2_500
