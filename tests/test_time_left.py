"""How much longer a run takes, as its budgets and its pace say."""

from dataclasses import replace
from random import Random

import pytest

from harness.records.entries import BenchmarkFinished, Entry
from harness.records.plan import DEFAULT, FAST
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.state import RunState
from harness.runner.time_left import ARM_SECONDS, USUAL_SHARE, TimeLeft, slowness, time_left
from tests.records import (
    ASYNCIO,
    begun,
    fake_benchmark,
    observation,
    part,
    plan,
    returned,
    round_of,
    seen_alike,
    twice,
)

BENCHMARKS = [fake_benchmark(name, returned(1)) for name in ("one", "two", "three")]
OBSERVED = [
    entry for benchmark in BENCHMARKS for entry in seen_alike(benchmark, twice(observation(returned(1))))
]
FINISHED = BenchmarkFinished(BENCHMARKS[0].id, StopReason(StopKind.PRECISION, 0.02))


def state(*entries: Entry) -> RunState:
    return RunState(begun(plan(*BENCHMARKS, effort=DEFAULT)), [*OBSERVED, *entries])


def test_before_a_benchmark_is_finished_the_budgets_bound_the_time() -> None:
    assert time_left(state(), ()) == TimeLeft(180.0, is_bound=True)
    assert time_left(state(round_of(BENCHMARKS[0].id, 0, {}, seconds=20.0)), ()).seconds == 160.0


def test_once_one_is_finished_the_others_are_expected_to_lie_between_it_and_the_usual() -> None:
    usual = (12.0 + USUAL_SHARE * 60.0) / 2
    left = time_left(state(FINISHED), (12.0,))
    assert left.seconds == pytest.approx(2 * usual)
    assert not left.is_bound
    assert time_left(state(FINISHED), (12.0,), elapsed=5.0).seconds == pytest.approx(2 * usual - 5.0)


def test_rounds_that_are_fixed_are_expected_to_take_as_long_as_those_before() -> None:
    fast = RunState(begun(plan(*BENCHMARKS, effort=FAST)), [*OBSERVED, FINISHED])
    assert time_left(fast, (3.0,)) == TimeLeft(6.0, is_bound=False)


MEASURED = (49.8, 23.2, 37.3, 43.0, 24.3, 60.3, 47.7, 23.9)
"""The seconds that the benchmarks of a published run took at default effort: results/2026-11-25-tutorial."""


def test_after_the_first_benchmark_the_time_left_is_within_30_percent_in_eight_of_ten_runs() -> None:
    draw, many = Random(8), [fake_benchmark(f"b{number}", returned(1)) for number in range(8)]
    seen = [entry for one in many for entry in seen_alike(one, twice(observation(returned(1))))]
    after_first = RunState(
        begun(plan(*many, effort=DEFAULT)),
        [*seen, BenchmarkFinished(many[0].id, StopReason(StopKind.PRECISION, 0.02))],
    )
    near = 0
    for _ in range(1000):
        first, *others = draw.choices(MEASURED, k=len(many))
        near += abs(time_left(after_first, (first,)).seconds / sum(others) - 1) <= 0.3
    assert near >= 800


def test_no_benchmark_is_expected_to_take_longer_than_its_budget() -> None:
    assert time_left(state(FINISHED), (600.0,)).seconds == 120.0


def test_a_benchmark_that_takes_longer_than_usual_is_not_expected_to_take_less_than_nothing() -> None:
    usual = (12.0 + USUAL_SHARE * 60.0) / 2
    assert time_left(state(FINISHED), (12.0,), elapsed=50.0).seconds == pytest.approx(usual)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (TimeLeft(250.0, is_bound=True), "at most 4:10 left"),
        (TimeLeft(9.6, is_bound=False), "about 0:10 left"),
    ],
)
def test_the_time_left_is_said_in_minutes_and_seconds(left: TimeLeft, words: str) -> None:
    assert str(left) == words


def test_a_machine_is_called_slow_from_one_and_a_half_times_the_usual_on() -> None:
    def measured(times: float) -> float | None:
        one_round = round_of("one", 0, {}, seconds=times * ARM_SECONDS)
        return slowness([replace(one_round, arms=(part(ASYNCIO, ()),))])

    assert measured(1.4) is None
    assert measured(2.0) == pytest.approx(2.0)
    assert slowness([]) is None
