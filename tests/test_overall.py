"""One figure per backend over all rows: what it rests on, and how sure it is."""

import math
from dataclasses import replace
from statistics import fmean

import pytest

from harness.analysis.intervals import estimate_ratio
from harness.analysis.overall import OverallFigures, overall_figures
from harness.backends.backend import EnvironmentSpec
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import Entry
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.report.overall import sentence
from tests.records import (
    ASYNCIO,
    TRIO,
    UVLOOP,
    everything,
    look,
    plan,
    record_of,
    returned,
    rounds,
    row,
    seen_alike,
    twice,
)

SEEN = twice(look(returned(1)))


def story(name: str, family: str = "tutorial", *tags: str, uses_gather: bool = True) -> Benchmark:
    return replace(row(name, returned(1), uses_gather=uses_gather), family=family, tags=tags)


def record(
    shares: dict[Benchmark, float], *, count: int = 20, on: tuple[str, ...] = (ASYNCIO, UVLOOP)
) -> Record:
    """Rows in which uvloop takes these shares of asyncio's time, and trio twice as much."""
    entries: list[Entry] = []
    planned = plan(*shares, on=on)
    for of, share in shares.items():
        times = {ASYNCIO: 100.0, UVLOOP: 100.0 * share, TRIO: 200.0 * share}
        names = [backend.name for backend in planned.backends_of(of)]
        arms = {**{name: times.get(name, 100.0) for name in names}, SELF_TEST_ARM: 100.0}
        entries += [*seen_alike(of, SEEN, names), *rounds(of.id, arms, count, spread=0.003)]
    return record_of(planned, *entries)


def summary(of: Record) -> OverallFigures:
    found = overall_figures(of)
    assert found is not None
    return found


def test_the_figure_is_the_geometric_mean_of_the_ratios() -> None:
    of = record({story("a"): 0.5, story("b"): 0.8})
    timings = [line.cases[1].timing for line in of.results]
    expected = math.exp(
        fmean(estimate_ratio(timing.samples, 0.95).value for timing in timings if timing is not None)
    )
    [one] = summary(of).backends
    assert one.backend == UVLOOP
    assert one.ratio.value == pytest.approx(expected)
    assert one.ratio.value == pytest.approx(math.sqrt(0.5 * 0.8), 0.02)


def test_families_weigh_the_same_however_many_rows_they_have() -> None:
    of = record({story("a", "x"): 0.5, story("b", "x"): 0.5, story("c", "x"): 0.5, story("d", "y"): 0.9})
    found = summary(of)
    assert found.families == ("x", "y")
    assert found.backends[0].ratio.value == pytest.approx(math.sqrt(0.5 * 0.9), 0.02)


def test_controls_are_left_out_and_so_are_rows_that_sleep() -> None:
    sleeping = replace(story("sleeps"), ideal=0.001)
    found = summary(record({story("a"): 0.5, story("c", "tutorial", "control"): 1.0, sleeping: 1.0}))
    assert found.benchmarks == ("a",)
    assert found.timed == 1


def test_only_rows_where_every_backend_has_a_number_count() -> None:
    whole = record({story("a"): 0.5, story("b"): 0.8}, on=(ASYNCIO, UVLOOP, TRIO))
    first, second = whole.results
    halved = replace(second, cases=(*second.cases[:2], replace(second.cases[2], timing=None)))
    found = summary(replace(whole, results=(first, halved)))
    assert found.benchmarks == ("a",)
    assert found.timed == 2
    assert [one.backend for one in found.backends] == [UVLOOP, TRIO]


def test_a_backend_without_any_number_keeps_nobody_else_from_a_figure() -> None:
    found = summary(everything())  # its fourth backend is not installed
    assert [one.backend for one in found.backends] == [UVLOOP, TRIO]
    assert found.benchmarks == ("order:n=100", "order:n=1000")


def test_a_row_that_takes_no_gatherer_counts_as_its_loop() -> None:
    on = (ASYNCIO, "asyncio+taskgroup", UVLOOP, "uvloop+taskgroup")
    found = summary(record({story("a"): 0.5, story("b", uses_gather=False): 0.8}, on=on))
    assert found.benchmarks == ("a", "b")
    ratios = {one.backend: one.ratio.value for one in found.backends}
    assert ratios["uvloop+taskgroup"] == pytest.approx(math.sqrt(0.8), 0.02)  # of one row alone, the loop's
    assert ratios["asyncio+taskgroup"] == pytest.approx(1, 0.02)


def test_a_loop_in_two_environments_counts_as_each_of_them() -> None:
    old = EnvironmentSpec("old", "3.12")
    planned = plan(story("b", uses_gather=False), on=(ASYNCIO, UVLOOP))
    elsewhere = tuple(replace(one, environment=old) for one in planned.backends)
    planned = replace(planned, backends=(*planned.backends, *elsewhere))
    names = [backend.name for backend in planned.backends]
    times = dict(zip([*names, SELF_TEST_ARM], (100.0, 50.0, 120.0, 80.0, 100.0), strict=True))
    [of] = planned.benchmarks
    found = record_of(planned, *seen_alike(of, SEEN, names), *rounds(of.id, times, 20, spread=0.003))
    ratios = {one.backend: one.ratio.value for one in summary(found).backends}
    assert ratios == pytest.approx({UVLOOP: 0.5, f"{ASYNCIO}@old": 1.2, f"{UVLOOP}@old": 0.8}, 0.02)


def test_the_interval_holds_the_figure_and_is_narrower_than_a_rows() -> None:
    of = record({story(name): 0.6 for name in "abcdefgh"})
    [one] = summary(of).backends
    assert one.ratio.low is not None
    assert one.ratio.high is not None
    assert one.ratio.low < one.ratio.value < one.ratio.high
    timing = of.results[0].cases[1].timing
    assert timing is not None
    assert timing.ratio is not None
    assert one.ratio.half_width < timing.ratio.half_width


def test_a_benchmark_of_under_5_rounds_leaves_no_interval() -> None:
    few = summary(record({story("a"): 0.5, story("b"): 0.8}, count=4))
    assert few.backends[0].ratio.low is None
    assert few.backends[0].ratio.rounds == 4
    assert "no interval: a benchmark has 4 rounds, fewer than 5" in sentence(few)


@pytest.mark.parametrize("count", [4, 19, 25])
def test_of_one_benchmark_the_figure_is_that_benchmarks_own(count: int) -> None:
    of = record({story("a"): 0.5}, count=count, on=(ASYNCIO, UVLOOP, TRIO))
    own = {case.backend: case.timing.ratio for case in of.results[0].cases[1:] if case.timing is not None}
    assert {figure.backend: figure.ratio for figure in summary(of).backends} == own
    assert {ratio.low is not None for ratio in own.values() if ratio is not None} == {count >= 10}


def test_without_a_row_that_has_a_ratio_there_is_no_summary() -> None:
    assert overall_figures(record({}, count=20)) is None
    assert overall_figures(record({story("c", "tutorial", "control"): 1.0})) is None


def test_the_sentence_says_what_it_rests_on_and_for_what_it_speaks() -> None:
    said = sentence(summary(record({story("a", "x"): 0.5, story("d", "y"): 0.9})))
    assert said.startswith(
        "Over 2 of 2 benchmarks with a ratio in 2 families (geometric mean, families weighted"
    )
    assert f"divided by that of {ASYNCIO}: {UVLOOP} 0.6" in said
    assert said.endswith("This speaks for these benchmarks only.")


def test_a_row_for_one_family_of_loops_is_left_out_where_another_is_shown() -> None:
    native = replace(story("native", uses_gather=False), only="asyncio")
    of = record({story("a"): 0.5, native: 0.8}, on=(ASYNCIO, UVLOOP, TRIO))
    assert summary(of).benchmarks == ("a",)
    assert summary(of).timed == 2
