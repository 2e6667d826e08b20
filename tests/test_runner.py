"""When a benchmark is done: by precision and never by significance, or when its budget ends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

import pytest

from harness.analysis.passes.contract import ROUNDS
from harness.analysis.passes.two_cpus import TWO_CPUS
from harness.backends.backend import Loop
from harness.backends.registry import find_backend
from harness.execution.affinity import choose_cpus
from harness.execution.arms import RoundContext
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
)
from harness.records.estimate import rounds_needed
from harness.records.pace import ONE_AT_A_TIME, SELF_TEST_ARM, ArmFailure
from harness.records.plan import DEFAULT, FAST, FIRST_LOOK, Effort, Plan
from harness.records.stop_reason import StopKind, StopReason
from harness.runner import stopping
from harness.runner import timing as run_timing
from harness.runner.catalog import choose_benchmarks
from harness.runner.checking import check
from harness.runner.state import RunState
from harness.runner.timing import (
    arms_of_round,
    calibrated,
    rounds_of_pass,
    time,
)
from tests.records import (
    ASYNCIO,
    PACE,
    THREE,
    TRIO,
    UVLOOP,
    begun,
    beside,
    collected,
    fake_benchmark,
    observation,
    plan,
    raised,
    returned,
    rounds,
    seen_alike,
    sketched,
    twice,
)

PROBE = fake_benchmark("probe", returned(1))
EQUAL = {ASYNCIO: 100.0, UVLOOP: 100.0, TRIO: 100.0, SELF_TEST_ARM: 100.0}
APART = {ASYNCIO: 100.0, UVLOOP: 63.0, TRIO: 180.0, SELF_TEST_ARM: 100.0}
NARROW, WIDE = 0.005, 0.4
OVER = StopReason(StopKind.TIME, 60, "±2.0%")


def why_stop(
    taken: int,
    *,
    of: Benchmark = PROBE,
    times: Mapping[str, float] = EQUAL,
    spread: float = NARROW,
    seconds: float = 1.0,
    effort: Effort = DEFAULT,
    alone: bool = False,
    planned: Plan | None = None,
) -> StopReason | None:
    """Why a benchmark of which so many rounds of so many seconds were taken needs no more."""
    entries: list[Entry] = [
        *seen_alike(of, twice(observation(returned(1)))),
        BenchmarkCalibrated(of.id, replace(PACE, one_at_a_time=alone)),
    ]
    played = rounds(of.id, times, taken, spread=spread, seconds=seconds)
    return stopping.why_stop(RunState(begun(planned or plan(of, effort=effort)), [*entries, *played]).of(of))


@pytest.mark.parametrize("times", [EQUAL, APART])
@pytest.mark.parametrize(("spread", "stops"), [(NARROW, True), (WIDE, False)])
def test_a_benchmark_ends_by_precision_whatever_the_difference(
    times: Mapping[str, float], spread: float, stops: bool
) -> None:
    because = StopReason(StopKind.PRECISION, 0.02) if stops else None
    assert why_stop(21, times=times, spread=spread, seconds=0.1) == because


def test_one_wide_interval_keeps_a_benchmark_going() -> None:
    wide = rounds(PROBE.id, {TRIO: 100.0}, 21, spread=WIDE)
    narrow = rounds(PROBE.id, {ASYNCIO: 100.0, UVLOOP: 100.0}, 21, spread=NARROW)
    both = [replace(a, arms=(*a.arms, *b.arms)) for a, b in zip(narrow, wide, strict=True)]
    observed = seen_alike(PROBE, twice(observation(returned(1))))
    assert stopping.why_stop(RunState(begun(plan(PROBE)), [*observed, *both]).of(PROBE)) is None


@pytest.mark.parametrize("taken", [8, 9, 10, 11, 13, 15, 17, 19, 21, 24, 27])
def test_the_first_look_is_after_eight_rounds_and_each_other_after_a_tenth_more(taken: int) -> None:
    assert why_stop(taken) is not None


@pytest.mark.parametrize("taken", [0, 6, 7, 12, 14, 20, 26])
def test_nothing_is_observed_between_two_observations(taken: int) -> None:
    assert why_stop(taken) is None


@pytest.mark.parametrize(("taken", "over"), [(59, None), (60, OVER), (61, OVER)])
def test_a_wide_benchmark_ends_when_its_budget_does(taken: int, over: StopReason | None) -> None:
    assert why_stop(taken, spread=WIDE) == over


def test_no_budget_ends_a_benchmark_below_the_rounds_that_its_interval_needs() -> None:
    needed = rounds_needed(plan(PROBE).inner_level)
    assert needed <= FIRST_LOOK
    assert why_stop(needed - 1, seconds=1000.0) is None
    assert why_stop(needed, seconds=1000.0) == OVER


def test_with_many_comparisons_the_interval_needs_more_rounds_before_its_budget_can_end_it() -> None:
    planned = plan(PROBE, *(fake_benchmark(f"other{number}") for number in range(99)))
    needed = rounds_needed(planned.inner_level)
    assert rounds_needed(plan(PROBE).inner_level) < needed
    assert why_stop(needed - 1, planned=planned, seconds=1000.0) is None
    assert why_stop(needed, planned=planned, seconds=1000.0, spread=WIDE) == OVER


def test_without_an_interval_workers_that_live_one_at_a_time_end_at_three_times_the_limit() -> None:
    assert why_stop(3, alone=True, seconds=59.0) is None
    assert why_stop(3, alone=True, seconds=60.0) == OVER
    needed = rounds_needed(plan(PROBE).inner_level)
    assert why_stop(needed, alone=True, seconds=61.0 / needed) == OVER


@pytest.mark.parametrize(("taken", "because"), [(5, None), (6, StopReason(StopKind.ROUNDS, 6, "fast"))])
@pytest.mark.parametrize("spread", [NARROW, WIDE])
@pytest.mark.parametrize("seconds", [0.1, 1000.0])
def test_a_fast_benchmark_has_exactly_six_rounds(
    taken: int, because: StopReason | None, spread: float, seconds: float
) -> None:
    assert why_stop(taken, spread=spread, seconds=seconds, effort=FAST) == because


@pytest.mark.parametrize(("spread", "stops"), [(NARROW, True), (0.1, False)])
def test_a_scenario_that_sleeps_ends_when_its_excess_is_known_to_a_share_of_its_ideal(
    spread: float, stops: bool
) -> None:
    probe = fake_benchmark("sleep", returned(1), ideal=0.0001)
    assert (why_stop(21, of=probe, spread=spread, seconds=0.1) is not None) is stops


def test_a_benchmark_without_a_case_that_has_a_number_ends_at_once() -> None:
    differing = seen_alike(PROBE, twice(observation(returned(2))))
    state = RunState(begun(plan(PROBE)), differing).of(PROBE)
    assert stopping.why_stop(state) == StopReason(StopKind.NOTHING_TIMED)


def test_a_benchmark_that_raises_on_every_backend_says_that_this_is_why_it_is_not_timed() -> None:
    unpromised = fake_benchmark("probe")
    typo = seen_alike(unpromised, twice(observation(raised(NameError("checkpont")))))
    because = stopping.why_stop(RunState(begun(plan(unpromised)), typo).of(unpromised))
    assert because is not None
    assert str(because).startswith("raises NameError on every backend")


def test_arms_that_are_dropped_are_not_waited_for() -> None:
    observed = seen_alike(PROBE, twice(observation(returned(1))))
    dropped = [ArmDropped(PROBE.id, ArmFailure(name, "killed by SIGSEGV"), "crashed") for name in THREE]
    assert stopping.why_stop(RunState(begun(plan(PROBE)), [*observed, *dropped[:2]]).of(PROBE)) is None
    assert stopping.why_stop(RunState(begun(plan(PROBE)), [*observed, *dropped]).of(PROBE)) is not None


def test_a_benchmark_without_any_interval_does_not_say_that_every_one_is_narrow() -> None:
    observed = seen_alike(PROBE, twice(observation(returned(1))), [UVLOOP, TRIO])
    played = rounds(PROBE.id, {UVLOOP: 63.0, TRIO: 180.0}, 21)
    because = stopping.why_stop(RunState(begun(plan(PROBE)), [*observed, *played]).of(PROBE))
    assert because == StopReason(StopKind.NOTHING_TO_COMPARE)


def test_a_benchmark_that_takes_gigabytes_is_not_calibrated_for_that_takes_a_worker_per_arm_at_once() -> None:
    large = replace(PROBE, tags=("scale",))
    no_workers = RoundContext(None, 1.0)
    assert calibrated(RunState(begun(plan(large))).of(large), no_workers) == BenchmarkCalibrated(
        large.id, ONE_AT_A_TIME
    )


def test_a_benchmark_has_its_twins_in_its_rounds_where_they_may_be_timed() -> None:
    told, twin = (
        fake_benchmark("probe", returned(1), uses_gather=False),
        fake_benchmark("asyncio_probe", returned(1)),
    )
    twin = replace(twin, native="probe", only="asyncio", uses_gather=False)
    observed = [
        *seen_alike(told, twice(observation(returned(1)))),
        *seen_alike(twin, twice(observation(returned(1)))),
    ]
    tally = RunState(begun(plan(told, twin)), observed)
    names = [arm.name for arm in arms_of_round(tally.of(told))]
    assert names == [ASYNCIO, UVLOOP, TRIO, SELF_TEST_ARM, "asyncio+native", "uvloop+native"]
    assert [arm.case.scenario for arm in arms_of_round(tally.of(told))][-2:] == ["asyncio_probe"] * 2
    assert "asyncio+native" not in [arm.name for arm in arms_of_round(tally.of(twin))]
    tally.add(ArmDropped(told.id, ArmFailure("uvloop+native", "killed by SIGSEGV"), "crashed"))
    assert [arm.name for arm in arms_of_round(tally.of(told))][-1] == "asyncio+native"


@pytest.mark.workers
def test_the_anyio_layer_is_measured_inside_the_rounds_of_the_benchmark_it_bears_on() -> None:
    rows = choose_benchmarks(["lock_uncontended", "asyncio_lock_uncontended"])
    effort = replace(FAST, fixed_rounds=2, turns=2, value_seconds=0.001)
    tally = RunState(begun(plan(*rows, on=[ASYNCIO, UVLOOP], effort=effort)))
    for entry in chain(check(tally), time(tally)):
        tally.add(entry)
    (told,) = (line for line in tally.record().results if line.benchmark.scenario == "lock_uncontended")
    pairs = [(one.factor, one.arm, one.against) for one in told.contrasts]
    assert pairs == [
        ("own API", "uvloop+native", "asyncio+native"),
        ("layer", ASYNCIO, "asyncio+native"),
        ("layer", UVLOOP, "uvloop+native"),
    ]


QUICK = replace(FAST, fixed_rounds=2, turns=2, value_seconds=0.001)


def test_a_pass_on_two_cpus_has_no_rounds_where_there_are_no_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_timing, "choose_cpus", lambda wanted: frozenset({7}) if wanted else None)
    tally = RunState(
        begun(plan(PROBE)),
        [*seen_alike(PROBE, twice(observation(returned(1)))), BenchmarkCalibrated(PROBE.id, PACE)],
    )
    assert list(rounds_of_pass(tally.of(PROBE), TWO_CPUS)) == []


@pytest.mark.workers
def test_passes_come_between_the_rounds_of_a_benchmark_and_its_end_and_go_on_where_they_were() -> None:
    (echo,) = choose_benchmarks(["tcp_echo:size=64"])
    of = replace(echo, cpus=2)  # so that helper threads are no reason for a third pass
    started = begun(plan(of, on=[ASYNCIO, UVLOOP], effort=QUICK, also=("latency", "collections")))
    tally = RunState(started)
    entries: list[Entry] = []
    for entry in chain(followed(tally, check(tally)), followed(tally, time(tally))):
        entries.append(entry)
        if isinstance(entry, RoundMeasured) and entry.number + 1 == QUICK.fixed_rounds:
            entries.extend(followed(tally, all_but_one_pass_round(of)))
    assert [type(entry) for entry in entries if entry not in [*all_but_one_pass_round(of)]][2:] == [
        BenchmarkCalibrated,
        RoundMeasured,
        RoundMeasured,
        PassRoundMeasured,
        PassRoundMeasured,
        BenchmarkFinished,
    ]
    taken = [entry for entry in entries if isinstance(entry, PassRoundMeasured)][-2:]
    assert [(entry.pass_name, entry.round.number) for entry in taken] == [
        ("latency", ROUNDS - 1),
        ("collections", ROUNDS - 1),
    ]
    for timing in (cell.timing for cell in tally.record().results[0].cases):
        assert timing is not None
        assert {"latency", "collections"} <= timing.passes.keys()
    resumed = RunState(started, entries[:-2])
    assert [type(entry) for entry in followed(resumed, time(resumed))] == [
        PassRoundMeasured,
        BenchmarkFinished,
    ]


def all_but_one_pass_round(of: Benchmark) -> Iterator[PassRoundMeasured]:
    """What a journal holds of two passes when each has one round to go."""
    latencies = [sketched(name, 9_000, 50.0, 80.0, 400.0) for name in (ASYNCIO, UVLOOP)]
    collections = [collected(name, 1, 0.1) for name in (ASYNCIO, UVLOOP)]
    yield from beside(of, "latency", [latencies] * (ROUNDS - 1))
    yield from beside(of, "collections", [collections] * (ROUNDS - 1))


def followed(tally: RunState, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, each of them added to the tally before the next is asked for."""
    for entry in entries:
        tally.add(entry)
        yield entry


@pytest.mark.workers
@pytest.mark.skipif(len(choose_cpus(2) or ()) < 2, reason="there are no two CPUs to pin to")
def test_a_backend_with_a_helper_thread_is_also_timed_on_two_cpus_and_so_is_the_baseline() -> None:
    helped = find_backend("helped", [Loop("helped", factory="tests.helped_loop:HelpedLoop")])
    effort = replace(
        QUICK, value_seconds=0.02
    )  # 4 of Python's switch intervals: a shorter one may miss the helper
    planned = plan(*choose_benchmarks(["order:n=1"]), on=[ASYNCIO], effort=effort)
    tally = RunState(begun(replace(planned, backends=(*planned.backends, helped))))
    for entry in chain(check(tally), time(tally)):
        tally.add(entry)
    found = {cell.backend: cell.timing for cell in tally.record().results[0].cases}
    assert [timing.threads if timing else 0 for timing in found.values()] == [1, 2]
    assert [timing is not None and "threads" in timing.passes for timing in found.values()] == [True, True]


@pytest.mark.workers
def test_a_twin_that_comes_first_waits_for_its_host() -> None:
    rows = reversed(choose_benchmarks(["lock_uncontended", "asyncio_lock_uncontended"]))
    effort = replace(FAST, fixed_rounds=2, turns=2, value_seconds=0.001)
    tally = RunState(begun(plan(*rows, on=[ASYNCIO], effort=effort)))
    entries = [*followed(tally, check(tally)), *followed(tally, time(tally))]
    assert [one.benchmark for one in entries if isinstance(one, BenchmarkFinished)] == ["lock_uncontended"]
    assert [line.measured_in for line in tally.record().results] == ["lock_uncontended", ""]
