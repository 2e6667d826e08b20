"""How long a plan takes on so many hosts, and from how many on more do not help."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli.sharding import read_counts
from harness.errors import BadInput
from harness.records import store
from harness.records.cost import BenchmarkCost
from harness.records.plan import FAST
from harness.runner.duration import how_long
from harness.runner.shards import divide
from harness.runner.units import units_of
from harness.runner.wall_time import estimate_hosts, hosts_in_words, longest_shard
from tests.command_line import here
from tests.compared import record
from tests.records import ASYNCIO, UVLOOP, fake_benchmark, plan, returned

MANY = tuple(fake_benchmark(f"of{number}", returned(1)) for number in range(6))
TWIN = replace(fake_benchmark("twin", returned(1)), native="of0", only="asyncio")
PLAN = plan(*MANY, TWIN, on=(ASYNCIO, UVLOOP))
COSTS = {"of0": 30.0, "of1": 60.0, "of2": 20.0, "of3": 20.0, "of4": 20.0, "of5": 20.0, "twin": 10.0}


def test_recorded_costs_are_added_up_and_divided_by_units() -> None:
    estimate = estimate_hosts(PLAN, COSTS, [1, 2, 64])
    assert estimate.units == 6
    assert estimate.machine == (180.0, 180.0)
    assert [wall.seconds for wall in estimate.walls] == [(180.0, 180.0), (100.0, 100.0), (60.0, 60.0)]
    assert (estimate.enough, estimate.longest.name, estimate.longest_seconds) == (3, "of1", 60.0)


def test_without_recorded_costs_the_time_is_between_what_the_plan_needs_and_what_it_allows() -> None:
    [wall] = estimate_hosts(PLAN, {}, [1]).walls
    whole = how_long(PLAN)
    assert wall.seconds == pytest.approx(tuple(whole.checking + seconds for seconds in whole.timing))
    fixed = estimate_hosts(replace(PLAN, effort=FAST), {}, [1]).walls[0]
    assert fixed.seconds[0] == fixed.seconds[1]


@given(
    seconds=st.lists(st.floats(0.1, 1000), min_size=len(PLAN.benchmarks), max_size=len(PLAN.benchmarks)),
    count=st.integers(1, 9),
)
def test_the_longest_shard_is_that_of_the_division(seconds: list[float], count: int) -> None:
    costs = {benchmark.id: each for benchmark, each in zip(PLAN.benchmarks, seconds, strict=True)}
    of = {unit: sum(costs[name] for name in unit.benchmarks) for unit in units_of(PLAN)}
    shards = divide(PLAN, count, costs)
    longest = max(sum(of[unit] for unit in shard) for shard in shards)
    assert longest_shard(of.values(), count) == pytest.approx(longest)
    estimate = estimate_hosts(PLAN, costs, [])
    assert longest_shard(of.values(), estimate.enough) == pytest.approx(max(of.values()))
    if estimate.enough > 1:
        assert longest_shard(of.values(), estimate.enough - 1) > max(of.values())


def test_the_estimate_is_said_in_words() -> None:
    assert list(hosts_in_words(estimate_hosts(PLAN, COSTS, [1, 4]))) == [
        "6 units, about 0.05 machine hours in all, as the record says what they cost.",
        "On 1 host: about 3 min.",
        "On 4 hosts: about 1 min.",
        (
            "More than 3 hosts do not help: of1 alone takes about 1 min, and a unit is of one host. "
            "Nothing was run."
        ),
    ]


def test_numbers_of_hosts_as_they_are_typed() -> None:
    assert read_counts("1,4,16,4") == (1, 4, 16)
    for typed in ("", "0", "1,,4", "four", "1, 4", "20000", "-1"):
        with pytest.raises(BadInput, match="--hosts"):
            read_counts(typed)


def test_an_estimate_over_hosts_as_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    [result] = record().results
    costly = replace(result, benchmark=replace(result.benchmark, scenario="say_after_example"))
    costly = replace(costly, cost=BenchmarkCost(0.0, 0.0, 7200.0, 0.0))
    planned = replace(record().run.plan, benchmarks=(costly.benchmark,))
    kept = replace(record(), run=replace(record().run, plan=planned), results=(costly,))
    store.write_record(tmp_path, kept)
    typed = ["run", "say_after_example", "-b", "asyncio", "--estimate", "--hosts", "1,2"]
    assert here(monkeypatch, *typed) == 0
    assert "by what the plan allows them" in capsys.readouterr().out
    assert here(monkeypatch, *typed, "--costs", tmp_path) == 0
    assert "1 unit, about 2 machine hours" in capsys.readouterr().out
    assert here(monkeypatch, "run", "say_after_example", "--hosts", "2") == 2
    assert "add --estimate" in capsys.readouterr().err


def test_hosts_that_are_off_are_left_out_of_runs_on_several_hosts_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "run", "say_after_example", "--without-off-hosts") == 2
    assert "add --shard I/N" in capsys.readouterr().err
