"""The rounds of passes → latency, full collections, and figures on two CPUs, beside what the row has."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import pytest

from harness.analysis.passes.latency import LATENCY_TABLE, MERGED, operations_needed
from harness.records.entries import ArmDropped, Entry, PassRoundMeasured
from harness.records.estimate import Estimate
from harness.records.pace import SELF_TEST_ARM, ArmFailure, ArmRound
from harness.records.passes import PassFigure
from harness.records.plan import FAST
from harness.records.record import Timing
from harness.records.store import read_journal
from harness.records.units import Unit
from harness.report.tables.passes import pass_table
from harness.runner.state import RunState
from tests.published import RESULTS, published
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
    sketched_earlier,
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


def latencies(*operations: int, of_worker: Callable[..., ArmRound] = sketched) -> list[PassRoundMeasured]:
    """A latency pass whose asyncio worker has timed so many operations in each round."""
    return beside(
        PROBE,
        "latency",
        [
            (
                of_worker(ASYNCIO, count, 50.0 + at, 100.0, 500.0),
                of_worker(UVLOOP, 10_000, 25.0 + at / 2, 50.0, 500.0),
            )
            for at, count in enumerate(operations)
        ],
    )


def earlier(*operations: int) -> list[PassRoundMeasured]:
    """The same as a journal has it that was written before workers sent bins."""
    return latencies(*operations, of_worker=sketched_earlier)


def test_without_a_pass_a_timing_has_nothing_of_it() -> None:
    assert [dict(timing.passes) for timing in timings().values()] == [{}, {}, {}]


QUANTILE_TIMES = [f"latency_{name}_seconds" for name in ("p50", "p99", "p99.9")]
QUANTILE_RATIOS = [f"latency_{name}_ratio" for name in ("p50", "p99", "p99.9")]


def test_a_quantile_is_that_of_all_operations_in_seconds_beside_its_ratio_to_the_baselines() -> None:
    timed = timings(*latencies(*[10_000] * 9))
    base, uvloop = (timed[name].passes["latency"].figures for name in (ASYNCIO, UVLOOP))
    assert [*base] == QUANTILE_TIMES
    assert [*uvloop] == [*chain.from_iterable(zip(QUANTILE_TIMES, QUANTILE_RATIOS, strict=True))]
    median = base["latency_p50_seconds"]
    assert median.estimate.value == pytest.approx(54e-6, rel=0.01)  # workers' own lie at 50 to 58 µs
    assert median.estimate.rounds == 9
    assert median.unit is Unit.SECONDS
    ratio = uvloop["latency_p50_ratio"]
    assert ratio.estimate.value == pytest.approx(0.5, rel=0.01)
    assert ratio.estimate.rounds == 9
    assert ratio.unit is Unit.RATIO
    assert "latency" not in timed[TRIO].passes


def test_a_quantile_of_an_earlier_journal_is_still_the_median_over_rounds_of_what_workers_sent() -> None:
    timed = timings(*earlier(*[10_000] * 9))
    base, uvloop = (timed[name].passes["latency"].figures for name in (ASYNCIO, UVLOOP))
    median = base["latency_p50_seconds"].estimate
    assert median == Estimate(54e-6, pytest.approx(51e-6), pytest.approx(57e-6), 9)  # type: ignore[arg-type]
    assert uvloop["latency_p50_ratio"].estimate.value == pytest.approx(0.5)


def test_a_pass_that_went_on_with_workers_that_send_bins_is_read_as_it_was_begun() -> None:
    older, newer = earlier(*[10_000] * 9), latencies(*[10_000] * 9)
    begun_earlier = timings(*older[:4], *newer[4:])[ASYNCIO].passes["latency"]
    wholly_earlier = timings(*older)[ASYNCIO].passes["latency"]
    assert begun_earlier.numbers == wholly_earlier.numbers == {"operations": 10_000}
    for name, figure in wholly_earlier.figures.items():
        assert begun_earlier.figures[name].estimate.value == pytest.approx(figure.estimate.value, rel=0.01)


@pytest.mark.parametrize(
    ("operations", "known"), [(19, 0), (20, 1), (999, 1), (1_000, 2), (9_999, 2), (10_000, 3)]
)
def test_a_quantile_needs_operations_beyond_it_in_all_rounds_together(operations: int, known: int) -> None:
    timed = timings(*latencies(operations // 2, operations - operations // 2))
    base, uvloop = (timed[name].passes["latency"] for name in (ASYNCIO, UVLOOP))
    assert base.numbers == {"operations": operations, MERGED: 2}
    assert [*base.figures] == QUANTILE_TIMES[:known]
    assert [name for name in uvloop.figures if name in QUANTILE_RATIOS] == QUANTILE_RATIOS[:known]
    assert [name for name in uvloop.figures if name in QUANTILE_TIMES] == QUANTILE_TIMES


@pytest.mark.parametrize(("fewest", "known"), [(9, 0), (10, 1), (499, 1), (500, 2), (4_999, 2), (5_000, 3)])
def test_an_earlier_journals_quantile_needs_operations_beyond_it_in_every_worker(
    fewest: int, known: int
) -> None:
    timed = timings(*earlier(10_000, 10_000, fewest))
    base, uvloop = (timed[name].passes["latency"] for name in (ASYNCIO, UVLOOP))
    assert base.numbers == {"operations": fewest}
    assert [*base.figures] == QUANTILE_TIMES[:known]
    assert [name for name in uvloop.figures if name in QUANTILE_RATIOS] == QUANTILE_RATIOS[:known]


@pytest.mark.long
def test_the_published_latencies_are_what_their_journal_says_and_were_before_workers_sent_bins() -> None:
    folder = RESULTS / "2026-11-25-latency"
    before_bins, again = published(folder.name), RunState(*read_journal(folder)).record()
    compared = 0
    for before, now in zip(before_bins.results, again.results, strict=True):
        for old, new in zip(before.cases, now.cases, strict=True):
            if old.timing is not None and new.timing is not None:
                assert new.timing.passes["latency"] == old.timing.passes["latency"]
                assert MERGED not in old.timing.passes["latency"].numbers
                compared += len(old.timing.passes["latency"].figures)
    assert compared > 20


def test_what_a_quantile_needs_grows_with_it() -> None:
    assert [operations_needed(of) for of in (0.5, 0.99, 0.999)] == [20, 1_000, 10_000]


def test_a_ratio_is_of_the_rounds_that_both_took_part_in() -> None:
    both, alone = latencies(*[10_000] * 9), latencies(*[10_000] * 12)[9:]
    without = [replace(one, round=replace(one.round, arms=one.round.arms[1:])) for one in alone]
    uvloop = timings(*both, *without)[UVLOOP].passes["latency"]
    assert uvloop.numbers[MERGED] == 12
    assert uvloop.figures["latency_p99_seconds"].estimate.rounds == 12
    assert uvloop.figures["latency_p99_ratio"].estimate.rounds == 9


def test_the_table_says_whether_a_record_has_the_quantiles_of_all_operations_or_of_workers() -> None:
    played = [latencies(*[10_000] * 9), earlier(*[10_000] * 9)]
    records = [record_of(plan(PROBE, effort=FAST), *ORDINARY, *entries) for entries in played]
    now, before = (" ".join(pass_table(record, LATENCY_TABLE).notes) for record in records)  # type: ignore[union-attr]
    assert "of all operations of all rounds together" in now
    assert "10,000 for p99.9" in now
    assert "a worker's, the median over rounds" in before
    assert "5,000 for p99.9" in before
    assert all("(coordinated omission)" in notes for notes in (now, before))


def test_without_a_baseline_latencies_are_absolute() -> None:
    dropped = ArmDropped(PROBE.id, ArmFailure(ASYNCIO, "killed by SIGSEGV"), "crashed")
    uvloop = timings(*latencies(*[10_000] * 9), dropped)[UVLOOP].passes["latency"]
    assert [*uvloop.figures] == QUANTILE_TIMES


def test_full_collections_are_a_share_of_wall_time_the_time_an_iteration_and_a_count() -> None:
    played = beside(PROBE, "collections", [(collected(ASYNCIO, 0, 0.0), collected(TRIO, 3, 0.25))] * 6)
    timed = timings(*played)
    asyncio, trio = (timed[name].passes["collections"].figures for name in (ASYNCIO, TRIO))
    assert {name: figure.estimate.value for name, figure in asyncio.items()} == {
        "full_collection_seconds": 0,
        "full_collection_share": 0,
        "full_collections": 0,
    }
    assert trio["full_collection_share"] == PassFigure(Estimate(0.25, 0.25, 0.25, 6), Unit.SHARE)
    assert trio["full_collections"] == PassFigure(Estimate(3, 3, 3, 6), Unit.COUNT)
    assert trio["full_collection_seconds"].estimate.value == pytest.approx(25e-6)


def on_two(times: dict[str, float]) -> list[PassRoundMeasured]:
    return [PassRoundMeasured("threads", one) for one in rounds(PROBE.id, times, 6)]


def test_the_figures_on_two_cpus_stand_beside_the_ordinary_ones_and_move_none_of_them() -> None:
    before = timings()
    after = timings(*on_two({ASYNCIO: 100.0, UVLOOP: 31.0, TRIO: 180.0}))
    uvloop = after[UVLOOP].passes["threads"].figures
    assert uvloop["two_cpus_time_ratio"].estimate.value == pytest.approx(0.31, rel=0.03)
    assert uvloop["two_cpus_cpu_seconds"].estimate.value == pytest.approx(31e-6, rel=0.1)
    assert {name: replace(timing, passes={}) for name, timing in after.items()} == before


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
    assert ["latency" in cell.timing.passes for cell in served.cases if cell.timing] == [True] * len(THREE)
    assert served.settings == PACE
