"""One figure per backend over all benchmarks: what it rests on, and how sure it is."""

import math
from dataclasses import replace
from statistics import fmean

import pytest

from harness.analysis.families import family_figures
from harness.analysis.intervals import estimate_ratio
from harness.analysis.overall import OverallFigures, overall_figures
from harness.backends.backend import EnvironmentSpec
from harness.protocol.benchmarks import Benchmark
from harness.records.cost import BenchmarkCost
from harness.records.entries import Entry, UnitBegun, UnitFinished
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.report.overall import sentence
from harness.runner.state import RunState
from tests.compared import of_shares
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    TRIO,
    UVLOOP,
    begun,
    everything,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
)

HOSTS = 3
SEEN = twice(observation(returned(1)))


def probe(name: str, family: str = "tutorial", *tags: str, uses_gather: bool = True) -> Benchmark:
    return replace(fake_benchmark(name, returned(1), uses_gather=uses_gather), family=family, tags=tags)


def summary(of: Record) -> OverallFigures:
    found = overall_figures(of)
    assert found is not None
    return found


def test_the_figure_is_the_geometric_mean_of_the_ratios() -> None:
    of = of_shares({probe("a"): 0.5, probe("b"): 0.8})
    timings = [line.cases[1].timing for line in of.results]
    expected = math.exp(
        fmean(estimate_ratio(timing.samples, 0.95).value for timing in timings if timing is not None)
    )
    [one] = summary(of).backends
    assert one.backend == UVLOOP
    assert one.ratio.value == pytest.approx(expected)
    assert one.ratio.value == pytest.approx(math.sqrt(0.5 * 0.8), 0.02)


def test_families_weigh_the_same_however_many_benchmarks_they_have() -> None:
    of = of_shares({probe("a", "x"): 0.5, probe("b", "x"): 0.5, probe("c", "x"): 0.5, probe("d", "y"): 0.9})
    found = summary(of)
    assert found.families == ("x", "y")
    assert found.backends[0].ratio.value == pytest.approx(math.sqrt(0.5 * 0.9), 0.02)


def test_controls_are_left_out_and_so_are_benchmarks_that_sleep() -> None:
    sleeping = replace(probe("sleeps"), ideal=0.001)
    found = summary(of_shares({probe("a"): 0.5, probe("c", "tutorial", "control"): 1.0, sleeping: 1.0}))
    assert found.benchmarks == ("a",)
    assert found.timed == 1


def test_only_benchmarks_where_every_backend_has_a_number_count() -> None:
    whole = of_shares({probe("a"): 0.5, probe("b"): 0.8}, on=(ASYNCIO, UVLOOP, TRIO))
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


def test_a_benchmark_that_takes_no_gatherer_counts_as_its_loop() -> None:
    on = (ASYNCIO, "asyncio+taskgroup", UVLOOP, "uvloop+taskgroup")
    found = summary(of_shares({probe("a"): 0.5, probe("b", uses_gather=False): 0.8}, on=on))
    assert found.benchmarks == ("a", "b")
    ratios = {one.backend: one.ratio.value for one in found.backends}
    assert ratios["uvloop+taskgroup"] == pytest.approx(
        math.sqrt(0.8), 0.02
    )  # of one benchmark alone, the loop's
    assert ratios["asyncio+taskgroup"] == pytest.approx(1, 0.02)


def test_a_loop_in_two_environments_counts_as_each_of_them() -> None:
    old = EnvironmentSpec("old", "3.12")
    planned = plan(probe("b", uses_gather=False), on=(ASYNCIO, UVLOOP))
    elsewhere = tuple(replace(one, environment=old) for one in planned.backends)
    planned = replace(planned, backends=(*planned.backends, *elsewhere))
    names = [backend.name for backend in planned.backends]
    times = dict(zip([*names, SELF_TEST_ARM], (100.0, 50.0, 120.0, 80.0, 100.0), strict=True))
    [of] = planned.benchmarks
    found = record_of(planned, *seen_alike(of, SEEN, names), *rounds(of.id, times, 20, spread=0.003))
    ratios = {one.backend: one.ratio.value for one in summary(found).backends}
    assert ratios == pytest.approx({UVLOOP: 0.5, f"{ASYNCIO}@old": 1.2, f"{UVLOOP}@old": 0.8}, 0.02)


def test_the_interval_holds_the_figure_and_is_narrower_than_a_benchmarks() -> None:
    of = of_shares({probe(name): 0.6 for name in "abcdefgh"})
    [one] = summary(of).backends
    assert one.ratio.low is not None
    assert one.ratio.high is not None
    assert one.ratio.low < one.ratio.value < one.ratio.high
    timing = of.results[0].cases[1].timing
    assert timing is not None
    assert timing.ratio is not None
    assert one.ratio.half_width < timing.ratio.half_width


def test_a_benchmark_of_under_5_rounds_leaves_no_interval() -> None:
    few = summary(of_shares({probe("a"): 0.5, probe("b"): 0.8}, count=4))
    assert few.backends[0].ratio.low is None
    assert few.backends[0].ratio.rounds == 4
    assert "no interval: a benchmark has 4 rounds, fewer than 5" in sentence(few)


def test_a_benchmark_of_under_5_rounds_is_left_out_where_others_have_more() -> None:
    long, *others = probe("long"), probe("a"), probe("b")
    whole = {long: 0.5, others[0]: 0.8, others[1]: 0.9}
    of = of_shares(whole, counts={long: 4})

    figures, [family] = summary(of), family_figures(of)

    assert figures.benchmarks == family.benchmarks == ("a", "b")
    assert figures.timed == 3
    assert figures.backends[0].ratio.value == pytest.approx(math.sqrt(0.8 * 0.9), 0.01)
    assert figures.backends[0].ratio.has_interval
    assert family.ratio.has_interval
    assert "Over 2 of 3 benchmarks" in sentence(figures)


@pytest.mark.parametrize("count", [4, 19, 25])
def test_of_one_benchmark_the_figure_is_that_benchmarks_own(count: int) -> None:
    of = of_shares({probe("a"): 0.5}, count=count, on=(ASYNCIO, UVLOOP, TRIO))
    own = {case.backend: case.timing.ratio for case in of.results[0].cases[1:] if case.timing is not None}
    assert {figure.backend: figure.ratio for figure in summary(of).backends} == own
    assert {ratio.low is not None for ratio in own.values() if ratio is not None} == {count >= 10}


def test_without_a_benchmark_that_has_a_ratio_there_is_no_summary() -> None:
    assert overall_figures(of_shares({}, count=20)) is None
    assert overall_figures(of_shares({probe("c", "tutorial", "control"): 1.0})) is None


def test_the_sentence_says_what_it_rests_on_and_for_what_it_speaks() -> None:
    said = sentence(summary(of_shares({probe("a", "x"): 0.5, probe("d", "y"): 0.9})))
    assert said.startswith(
        "Over 2 of 2 benchmarks with a ratio in 2 families (geometric mean, families weighted"
    )
    assert "divided by that of asyncio: uvloop 0.6" in said
    assert said.endswith("This speaks for these benchmarks only.")


def test_a_benchmark_for_one_family_of_loops_is_left_out_where_another_is_shown() -> None:
    native = replace(probe("native", uses_gather=False), only="asyncio")
    of = of_shares({probe("a"): 0.5, native: 0.8}, on=(ASYNCIO, UVLOOP, TRIO))
    assert summary(of).benchmarks == ("a",)
    assert summary(of).timed == 2


PAIR = (probe("first"), probe("second"))


def on_hosts(*shares: float, repeats: int = HOSTS) -> Record:
    """Two benchmarks on hosts on each of which uvloop takes another share; the second on so many of them."""
    planned = plan(*PAIR, on=(ASYNCIO, UVLOOP))
    entries: list[Entry] = []
    for host, share in enumerate(shares, start=1):
        for benchmark in PAIR if host <= repeats else PAIR[:1]:
            arms = {ASYNCIO: 100.0, UVLOOP: share, SELF_TEST_ARM: 100.0}
            entries += [
                UnitBegun((benchmark.id,), host),
                *seen_alike(benchmark, SEEN, (ASYNCIO, UVLOOP)),
                *rounds(benchmark.id, arms, 20),
                UnitFinished((benchmark.id,), (BenchmarkCost(1.0, 1.0, 1.0, 0.0),)),
            ]
    run = replace(begun(planned), hosts=(ENVIRONMENT,) * len(shares))
    return RunState(run, entries).record()


def test_hosts_that_repeated_all_benchmarks_have_the_mean_of_their_figures() -> None:
    figures = overall_figures(on_hosts(60.0, 63.0, 66.0))
    assert figures is not None
    assert figures.hosts == HOSTS
    ratio = figures.backends[0].ratio
    assert ratio.value == pytest.approx(0.63, rel=0.01)
    assert ratio.half_width > 0.05
    assert "families weighted equally, means of 3 hosts" in sentence(figures)


def test_hosts_that_are_too_few_or_repeated_a_part_have_the_figure_of_the_first() -> None:
    for record_of_hosts in (on_hosts(60.0, 63.0), on_hosts(60.0, 63.0, 66.0, repeats=2)):
        figures = overall_figures(record_of_hosts)
        assert figures is not None
        assert figures.hosts == 1
        assert figures.backends[0].ratio.value == pytest.approx(0.6, rel=0.01)
