"""How long a run would take, from its plan alone."""

from dataclasses import replace

from harness.records.plan import DEFAULT, FAST, RIGOROUS
from harness.runner.duration import how_long, in_words
from tests.records import ASYNCIO, TRIO, UVLOOP, fake_benchmark, plan

BENCHMARK = fake_benchmark("order")
PLAN = plan(BENCHMARK, on=[ASYNCIO, UVLOOP, TRIO], effort=DEFAULT)


def test_a_benchmark_takes_no_more_than_its_time_and_a_round() -> None:
    least, most = how_long(PLAN).timing
    assert 0 < least <= most <= DEFAULT.max_seconds * 1.2
    assert how_long(replace(PLAN, effort=RIGOROUS)).timing[1] > most


def test_fixed_rounds_take_what_they_take() -> None:
    least, most = how_long(replace(PLAN, effort=FAST)).timing
    assert least == most < how_long(PLAN).timing[0]


def test_a_pass_that_is_asked_for_adds_its_time_at_the_most() -> None:
    longer = how_long(replace(PLAN, passes=("collections",)))
    assert longer.timing[0] == how_long(PLAN).timing[0]
    assert longer.timing[1] > how_long(PLAN).timing[1]


def test_what_is_not_timed_is_only_checked() -> None:
    checked = how_long(plan(replace(BENCHMARK, timed=False), on=[ASYNCIO, UVLOOP], effort=DEFAULT))
    assert checked.timing == (0, 0)
    assert (checked.benchmarks, checked.timed, checked.cases) == (1, 0, 2)
    assert checked.checking > 0


def test_the_estimate_is_said_in_whole_words() -> None:
    first, *others = in_words(how_long(PLAN))
    assert first == "1 benchmark, of which 1 is timed; 3 cases."
    assert any("min" in line or " s" in line for line in others)
    assert others[-1].endswith("Nothing was run.")
