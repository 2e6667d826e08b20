"""Passes: which a benchmark has, how they are paced, and when they take no further round."""

from dataclasses import replace

import pytest

from harness.analysis.intervals import estimate
from harness.analysis.merged_quantiles import quantile_name
from harness.analysis.passes.contract import BUDGET, LONGER, ROUNDS, TURNS, Occasion, Pass
from harness.analysis.passes.offers import OFFERED, OFFERS, SERVICE_OFFERS
from harness.analysis.passes.service_rates import P99_BOUND, ServicePass
from harness.analysis.passes.table import PASSES, passes_for
from harness.analysis.passes.two_cpus import TWO_CPUS
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import QUANTILES
from harness.protocol.traffic import CROWD
from harness.records.pace import ONE_AT_A_TIME, SLOWEST_VALUE, RoundSettings
from harness.records.plan import FAST
from tests.records import PACE, fake_benchmark, plan, returned

PLAIN = fake_benchmark("plain", returned(1))
SERVED = fake_benchmark("served", returned(1), set_up=True)
HELPED = ("uvloop+gather",)
BOTH: tuple[str, ...] = ("latency", "collections")


def names(
    of: Benchmark, also: tuple[str, ...] = (), pace: RoundSettings | None = PACE, *, helped: bool = False
) -> list[str]:
    return [one.name for one in passes_for(plan(of, also=also), of, pace, HELPED if helped else ())]


def test_no_benchmark_has_a_pass_that_was_not_asked_for() -> None:
    assert names(SERVED) == []


@pytest.mark.parametrize(("of", "found"), [(PLAIN, ["collections"]), (SERVED, ["latency", "collections"])])
def test_only_a_scenario_that_yields_an_operation_has_a_latency(of: Benchmark, found: list[str]) -> None:
    assert names(of, BOTH) == found


def test_iterations_so_long_that_workers_live_alone_are_too_few_for_a_pass() -> None:
    assert names(SERVED, BOTH, ONE_AT_A_TIME) == []


def test_a_benchmark_without_a_pace_was_not_timed_and_has_no_pass() -> None:
    assert names(SERVED, BOTH, None, helped=True) == []


@pytest.mark.parametrize(("cpus", "found"), [(1, ["threads"]), (2, [])])
def test_helper_threads_are_given_a_second_cpu_where_the_benchmark_has_one(
    cpus: int, found: list[str]
) -> None:
    assert names(replace(PLAIN, cpus=cpus), helped=True) == found


def test_a_trial_of_an_audit_has_no_pass() -> None:
    trial = replace(plan(SERVED, also=BOTH), planted=0)
    assert passes_for(trial, SERVED, PACE, HELPED) == ()


def test_the_pass_on_two_cpus_is_paced_as_the_benchmark_and_has_the_rounds_that_its_interval_needs() -> None:
    planned = plan(PLAIN, effort=FAST)
    [one] = passes_for(planned, PLAIN, PACE, HELPED)
    assert one.pace(PACE) == PACE
    assert (one.cpus, one.rounds) == (2, planned.rounds_before_first_look)


@pytest.mark.parametrize("also", BOTH)
def test_a_pass_that_counts_what_is_rare_has_few_long_turns_and_nothing_off_the_clock(also: str) -> None:
    [one] = passes_for(plan(SERVED, also=(also,)), SERVED, PACE, ())
    pace = one.pace(replace(PACE, laps=20, collect=False, loop_spread=0.1))
    fixed = RoundSettings(PACE.loops * LONGER, TURNS, warmups=0, untimed=0, timed=one.timed)
    assert pace == replace(fixed, loop_spread=0.1)
    assert one.timed != "whole"


def test_a_pass_of_longer_values_is_waited_for_as_much_longer() -> None:
    assert TWO_CPUS.patience(0.5) == 0.5
    for also in BOTH:
        [one] = passes_for(plan(SERVED, also=(also,)), SERVED, PACE, ())
        assert one.patience(0.5) == 0.5 + LONGER * SLOWEST_VALUE


@pytest.mark.parametrize(
    ("rounds", "seconds", "over"),
    [(0, 0.0, False), (ROUNDS - 1, BUDGET - 1, False), (ROUNDS, 1.0, True), (1, BUDGET, True)],
)
def test_a_pass_is_over_after_its_rounds_or_its_time(rounds: int, seconds: float, *, over: bool) -> None:
    assert Pass("latency").is_over(rounds, seconds) is over


def test_the_rounds_of_a_pass_are_the_fewest_whose_interval_leaves_out_one_mishap_at_each_end() -> None:
    bounds = [(found.low, found.high) for found in (estimate(range(n), 0.95) for n in (ROUNDS - 1, ROUNDS))]
    assert bounds == [(0, ROUNDS - 2), (1, ROUNDS - 2)]


def test_what_the_command_line_offers_is_what_there_is() -> None:
    asked = {planned.name for planned in PASSES if planned.occasion is Occasion.ASKED_FOR}
    of_services = {planned.name for planned in PASSES if isinstance(planned, ServicePass)}
    assert set(OFFERED) == asked
    assert set(SERVICE_OFFERS) == of_services
    assert f"below {P99_BOUND * 1e3:g} ms" in SERVICE_OFFERS["rates"]
    assert f"each of {CROWD:,} connections" in SERVICE_OFFERS["connections"]
    assert ", ".join(map(quantile_name, QUANTILES[:-1])) in OFFERS["latency"]
