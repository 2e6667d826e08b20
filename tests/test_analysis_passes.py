"""The rounds of passes → latency, full collections, and figures on two CPUs, beside what the row has."""

from dataclasses import replace

import pytest

from harness.analysis.passes import operations_needed
from harness.records.entries import ArmDropped, Entry, PassRoundMeasured
from harness.records.estimate import Estimate
from harness.records.pace import SELF_TEST_ARM, ArmFailure, ArmRound
from harness.records.plan import FAST
from harness.records.record import Timing
from harness.runner.state import RunState
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
    passed,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    sketched,
    threaded,
    twice,
)

PROBE = fake_benchmark("probe", returned(1), set_up=True)
TIMES = {ASYNCIO: 100.0, UVLOOP: 63.0, TRIO: 180.0, SELF_TEST_ARM: 100.0}
ORDINARY: tuple[Entry, ...] = (
    *seen_alike(PROBE, twice(observation(returned(1)))),
    *rounds(PROBE.id, TIMES, 6),
)


def timings(*entries: Entry) -> dict[str, Timing]:
    [line] = record_of(plan(PROBE, effort=FAST), *ORDINARY, *entries).results
    return {cell.backend: cell.timing for cell in line.cases if cell.timing is not None}


def latencies(*operations: int) -> list[PassRoundMeasured]:
    """A latency pass whose asyncio worker has timed so many operations in each round."""
    return beside(
        PROBE,
        "latency",
        [
            (
                sketched(ASYNCIO, count, 50.0 + at, 100.0, 500.0),
                sketched(UVLOOP, 10_000, 25.0 + at / 2, 50.0, 500.0),
            )
            for at, count in enumerate(operations)
        ],
    )


def test_without_a_pass_a_timing_has_nothing_of_it() -> None:
    for timing in timings().values():
        assert (timing.latency, timing.full_collections, timing.on_two_cpus) == (None, None, None)


def test_a_quantile_is_the_median_over_rounds_in_seconds_beside_its_ratio_to_the_baselines() -> None:
    found = timings(*latencies(*[10_000] * 9))
    base, uvloop = found[ASYNCIO].latency, found[UVLOOP].latency
    assert base is not None
    assert uvloop is not None
    assert [quantile.name for quantile in base.quantiles] == ["p50", "p99", "p99.9"]
    assert base.quantiles[0].seconds == Estimate(54e-6, pytest.approx(51e-6), pytest.approx(57e-6), 9)  # type: ignore[arg-type]
    assert base.quantiles[0].ratio is None
    ratio = uvloop.quantiles[0].ratio
    assert ratio is not None
    assert ratio.value == pytest.approx(0.5)
    assert ratio.rounds == 9
    assert found[TRIO].latency is None


@pytest.mark.parametrize(("fewest", "told"), [(9, 0), (10, 1), (499, 1), (500, 2), (4_999, 2), (5_000, 3)])
def test_a_quantile_needs_operations_beyond_it_in_every_worker(fewest: int, told: int) -> None:
    found = timings(*latencies(10_000, 10_000, fewest))
    base, uvloop = found[ASYNCIO].latency, found[UVLOOP].latency
    assert base is not None
    assert uvloop is not None
    assert base.operations == fewest
    assert [quantile.seconds is not None for quantile in base.quantiles] == [at < told for at in range(3)]
    assert [quantile.ratio is not None for quantile in uvloop.quantiles] == [at < told for at in range(3)]
    assert all(quantile.seconds is not None for quantile in uvloop.quantiles)


def test_what_a_quantile_needs_grows_with_it() -> None:
    assert [operations_needed(of) for of in (0.5, 0.99, 0.999)] == [10, 500, 5_000]


def test_without_a_baseline_latencies_are_absolute() -> None:
    dropped = ArmDropped(PROBE.id, ArmFailure(ASYNCIO, "killed by SIGSEGV"), "crashed")
    uvloop = timings(*latencies(*[10_000] * 9), dropped)[UVLOOP].latency
    assert uvloop is not None
    assert uvloop.quantiles[0].seconds is not None
    assert uvloop.quantiles[0].ratio is None


def test_full_collections_are_a_share_of_wall_time_the_time_an_iteration_and_a_count() -> None:
    played = beside(PROBE, "collections", [(collected(ASYNCIO, 0, 0.0), collected(TRIO, 3, 0.25))] * 6)
    found = timings(*played)
    none, some = found[ASYNCIO].full_collections, found[TRIO].full_collections
    assert none is not None
    assert some is not None
    assert (none.share.value, none.seconds.value, none.count.value) == (0, 0, 0)
    assert (some.share, some.count) == (Estimate(0.25, 0.25, 0.25, 6), Estimate(3, 3, 3, 6))
    assert some.seconds.value == pytest.approx(25e-6)


def on_two(times: dict[str, float]) -> list[PassRoundMeasured]:
    return [PassRoundMeasured("threads", one) for one in rounds(PROBE.id, times, 6)]


def test_the_figures_on_two_cpus_stand_beside_the_ordinary_ones_and_move_none_of_them() -> None:
    before = timings()
    after = timings(*on_two({ASYNCIO: 100.0, UVLOOP: 31.0, TRIO: 180.0}))
    uvloop = after[UVLOOP].on_two_cpus
    assert uvloop is not None
    assert uvloop.ratio is not None
    assert uvloop.ratio.value == pytest.approx(0.31, rel=0.03)
    assert uvloop.cpu.value == pytest.approx(31e-6, rel=0.1)
    assert {name: replace(timing, on_two_cpus=None) for name, timing in after.items()} == before


def test_a_case_with_helper_threads_points_to_its_other_figures() -> None:
    helped = next(line for line in passed().results if line.benchmark.scenario == "helped")
    flags = {cell.backend: cell.timing.flags for cell in helped.cases if cell.timing}
    assert flags == {ASYNCIO: (), UVLOOP: ("has 2 helper threads: see its figures on two CPUs",), TRIO: ()}


@pytest.mark.parametrize(
    ("arm", "threads", "helped"),
    [(UVLOOP, 2, True), (UVLOOP, 1, False), (ASYNCIO, 2, False), (SELF_TEST_ARM, 2, False)],
)
def test_helper_threads_are_those_that_a_backend_has_and_the_baseline_has_not(
    arm: str, threads: int, *, helped: bool
) -> None:
    played = threaded(rounds(PROBE.id, TIMES, 6), arm, threads)
    tally = RunState(begun(plan(PROBE)), [*seen_alike(PROBE, twice(observation(returned(1)))), *played])
    assert tally.of(PROBE).samples().with_helper_threads() == ((arm,) if helped else ())


def test_threads_that_are_there_and_do_not_work_are_no_help() -> None:
    played = threaded(rounds(PROBE.id, TIMES, 6), UVLOOP, 5)
    idle = [replace(one, arms=tuple(map(at_rest, one.arms))) for one in played]
    tally = RunState(begun(plan(PROBE)), [*seen_alike(PROBE, twice(observation(returned(1)))), *idle])
    assert not tally.of(PROBE).samples().with_helper_threads()


def at_rest(worker: ArmRound) -> ArmRound:
    return replace(worker, values=tuple(replace(one, helper_cpu=0) for one in worker.values))


def test_a_backend_whose_threads_rest_is_not_pointed_to_two_cpus_for_another_that_is_helped() -> None:
    played = threaded(threaded(rounds(PROBE.id, TIMES, 6), UVLOOP, 5), TRIO, 5)
    resting = [
        replace(one, arms=tuple(at_rest(arm) if arm.arm == TRIO else arm for arm in one.arms))
        for one in played
    ]
    seen = seen_alike(PROBE, twice(observation(returned(1))))
    (line,) = record_of(plan(PROBE), *seen, *resting, *on_two(TIMES)).results
    flags = {cell.backend: cell.timing.flags for cell in line.cases if cell.timing}
    assert flags == {ASYNCIO: (), UVLOOP: ("has 4 helper threads: see its figures on two CPUs",), TRIO: ()}


def test_a_thread_that_shows_in_few_rounds_is_no_helper() -> None:
    played = rounds(PROBE.id, TIMES, 6)
    some = [*threaded(played[:2], UVLOOP, 5), *played[2:]]
    tally = RunState(begun(plan(PROBE)), [*seen_alike(PROBE, twice(observation(returned(1)))), *some])
    assert not tally.of(PROBE).samples().with_helper_threads()


def test_a_finished_benchmark_keeps_what_its_passes_said_and_not_their_rounds() -> None:
    record = passed()
    tally = RunState(record.run)
    assert not any(tally.of(line.benchmark).pass_rounds("latency") for line in record.results)
    served = record.results[0]
    assert [cell.timing.latency is not None for cell in served.cases if cell.timing] == [True] * len(THREE)
    assert served.settings == PACE
