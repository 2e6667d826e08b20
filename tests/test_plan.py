"""Which cases there are, in which order, and how much effort a benchmark is given."""

from dataclasses import replace

import pytest

from harness.analysis.intervals import estimate
from harness.backends.backend import EnvironmentSpec
from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from harness.records.estimate import rounds_needed
from harness.records.plan import DEFAULT, FAST, FIRST_LOOK, RIGOROUS
from harness.runner.planning import check_twins, choose_baseline
from tests.records import ASYNCIO, THREE, TRIO, UVLOOP, backends, fake_benchmark, plan

GROUPS = "asyncio+taskgroup"
ORDER, NO_GATHER, UNTIMED = (
    fake_benchmark("order"),
    fake_benchmark("lock", uses_gather=False),
    fake_benchmark("error", timed=False),
)


def names(of: Benchmark, *on: str, baseline: str = ASYNCIO) -> list[str]:
    return [backend.name for backend in plan(of, on=on, baseline=baseline).backends_of(of)]


def test_the_baseline_comes_first_and_the_others_keep_their_order() -> None:
    assert names(ORDER, *THREE, baseline=TRIO) == [TRIO, ASYNCIO, UVLOOP]


def test_a_scenario_without_a_gatherer_has_one_case_per_loop() -> None:
    assert names(ORDER, ASYNCIO, GROUPS, TRIO) == [ASYNCIO, GROUPS, TRIO]
    assert names(NO_GATHER, ASYNCIO, GROUPS, TRIO) == [ASYNCIO, TRIO]


def test_of_a_loops_backends_the_baseline_is_the_one_that_stands_for_it() -> None:
    assert names(NO_GATHER, ASYNCIO, TRIO, GROUPS, baseline=GROUPS) == [GROUPS, TRIO]


def test_a_scenario_for_one_family_of_loops_has_no_case_on_the_others() -> None:
    assert names(replace(NO_GATHER, only="asyncio"), *THREE) == [ASYNCIO, UVLOOP]
    assert names(replace(NO_GATHER, only="trio"), *THREE) == [TRIO]


def test_a_case_of_a_million_tasks_may_be_silent_for_longer() -> None:
    planned = plan(ORDER)
    assert planned.timeout_of(ORDER) == planned.timeout
    assert planned.timeout_of(replace(ORDER, tags=("scale",))) > planned.timeout


def test_cases_come_benchmark_by_benchmark() -> None:
    cases = [(of.id, backend.name) for of, backend in plan(ORDER, NO_GATHER, on=THREE).cases()]
    assert cases == [("order", name) for name in THREE] + [("lock", name) for name in THREE]


def test_comparisons_are_the_timed_cases_that_are_not_the_baselines() -> None:
    assert plan(ORDER, on=THREE).comparisons == 2
    assert plan(ORDER, NO_GATHER, on=(*THREE, GROUPS)).comparisons == 3 + 2
    assert plan(ORDER, UNTIMED, on=THREE).comparisons == 2
    assert plan(ORDER, on=[ASYNCIO]).comparisons == 0
    assert plan(replace(ORDER, only="asyncio"), replace(ORDER, only="trio"), on=THREE).comparisons == 1


def test_intervals_are_adjusted_for_the_comparisons_unless_the_rounds_are_fixed() -> None:
    rows = [fake_benchmark(f"probe{number}") for number in range(8)]
    assert plan(*rows).level == pytest.approx(1 - 0.05 / 16)
    assert plan(*rows, effort=FAST).level == pytest.approx(0.95)
    assert (FAST.adjusted, DEFAULT.adjusted, RIGOROUS.adjusted) == (False, True, True)


@pytest.mark.parametrize("rows", [1, 8, 20_000])
def test_the_first_look_is_never_before_there_can_be_an_interval(rows: int) -> None:
    planned = plan(*[ORDER] * rows)
    assert planned.rounds_before_first_look == max(FIRST_LOOK, rounds_needed(planned.level))


def test_a_fast_runs_rounds_just_suffice_for_an_interval() -> None:
    planned = plan(ORDER, effort=FAST)
    assert planned.rounds_before_first_look == 6
    assert estimate(range(6), planned.level).low is not None


def test_a_rigorous_run_is_finer_and_may_take_longer_than_the_default() -> None:
    assert RIGOROUS.precision < DEFAULT.precision
    assert RIGOROUS.max_seconds > DEFAULT.max_seconds


def test_a_baseline_that_was_not_chosen_is_refused_with_what_to_type() -> None:
    assert choose_baseline(TRIO, backends(*THREE)) == TRIO
    with pytest.raises(BadInput, match=r"add -b asyncio\+taskgroup"):
        choose_baseline(GROUPS, backends(*THREE))


def test_a_benchmark_is_named_by_its_scenario_and_parameters() -> None:
    assert fake_benchmark("order", parameters=(("n", 100), ("kind", "plain"))).id == "order:n=100:kind=plain"


def test_a_scenario_without_a_gatherer_has_one_case_per_loop_and_environment() -> None:
    venv = EnvironmentSpec("old", "3.12")
    chosen = (
        *backends(ASYNCIO, "asyncio+anyio"),
        *(replace(one, environment=venv) for one in backends(ASYNCIO)),
    )
    planned = replace(plan(), backends=chosen)
    names = [one.name for one in planned.backends_of(fake_benchmark(uses_gather=False))]
    assert names == [ASYNCIO, f"{ASYNCIO}@old"]


def test_two_twins_of_one_scenario_on_the_same_loops_are_refused() -> None:
    first, second = (
        replace(fake_benchmark(name), native="probe", only="asyncio") for name in ("first", "second")
    )
    check_twins([fake_benchmark("probe"), fake_benchmark("other"), first, replace(second, only="trio")])
    with pytest.raises(BadInput, match=r'first and second both say native="probe" for asyncio'):
        check_twins([first, second])


@pytest.mark.parametrize(("backends", "times"), [(2, 1.0), (3, 1.0), (7, 2.0)])
def test_the_time_for_a_benchmark_grows_with_its_backends_beyond_three(backends: int, times: float) -> None:
    story = fake_benchmark("story")
    many = [f"asyncio+{gatherer}" for gatherer in ("gather", "taskgroup", "anyio")]
    many += [f"uvloop+{gatherer}" for gatherer in ("gather", "taskgroup", "anyio")] + ["trio+nursery"]
    planned = plan(story, on=many[:backends], effort=DEFAULT)
    assert planned.seconds_of(story) == DEFAULT.max_seconds * times
