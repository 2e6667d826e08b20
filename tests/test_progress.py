"""What is said on stderr while a run goes on."""

from dataclasses import replace

from harness.cli.progress import Progress
from harness.records.entries import BenchmarkCalibrated, BenchmarkFinished, Entry
from harness.records.plan import DEFAULT, FAST, Effort
from harness.records.stop_reason import StopKind, StopReason
from harness.records.trials import AuditSchedule, Trial, TrialResult
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    fake_benchmark,
    observation,
    plan,
    returned,
    round_of,
    seen_alike,
    twice,
)

ONE, TWO = fake_benchmark("one", returned(1)), fake_benchmark("two", returned(1))
SEEN = [entry for probe in (ONE, TWO) for entry in seen_alike(probe, twice(observation(returned(1))))]
PLAYED: list[Entry] = [
    BenchmarkCalibrated(TWO.id, PACE),
    round_of(TWO.id, 0, {}, seconds=12.0),
    round_of(TWO.id, 1, {}, seconds=8.0),
]


def happen(tally: RunState, progress: Progress, *entries: Entry) -> None:
    """Entries as a run tells them."""
    for entry in entries:
        tally.add(entry)
        progress.show(entry)


def test_a_twin_that_is_measured_in_its_hosts_rounds_is_not_waited_for() -> None:
    told = fake_benchmark("probe", returned(1), uses_gather=False)
    twin = replace(
        fake_benchmark("asyncio_probe", returned(1), uses_gather=False), native="probe", only="asyncio"
    )
    seen = twice(observation(returned(1)))
    observed = [*seen_alike(told, seen), *seen_alike(twin, seen, [ASYNCIO, UVLOOP])]
    tally = RunState(begun(plan(told, twin, effort=FAST)), observed)
    progress = Progress(tally, shown=False, timed=True)
    assert "timing 1 benchmark:" in progress.announcement()
    happen(tally, progress, BenchmarkFinished(told.id, StopReason(StopKind.ROUNDS, 6, "fast")))
    _, timing = progress.bars
    assert timing.completed == timing.total == 1


def test_the_passes_that_were_asked_for_are_announced_with_the_time_they_may_take() -> None:
    rows = (fake_benchmark("one", returned(1), set_up=True), fake_benchmark("two", returned(1)))
    asked = replace(plan(*rows), passes=("latency", "collections"))
    progress = Progress(RunState(begun(asked)), shown=False, timed=True)
    assert progress.announcement().endswith("timing 2 benchmarks: at most 5:00 left")


def test_what_is_timed_takes_the_place_of_what_is_observed_once_all_of_it_is() -> None:
    tally = RunState(begun(plan(ONE, TWO)))
    progress = Progress(tally, shown=False, timed=True)
    happen(tally, progress, *SEEN[:-1])
    assert [(bar.visible, bar.completed) for bar in progress.bars] == [(True, 5), (False, 0)]
    happen(tally, progress, SEEN[-1])
    assert [(bar.visible, bar.completed) for bar in progress.bars] == [(False, 6), (True, 0)]


def test_a_check_shows_nothing_that_is_timed() -> None:
    tally = RunState(begun(plan(ONE, TWO)))
    progress = Progress(tally, shown=False, timed=False)
    happen(tally, progress, *SEEN)
    assert [bar.visible for bar in progress.bars] == [False, False]


def test_a_run_that_goes_on_begins_where_it_was() -> None:
    progress = Progress(RunState(begun(plan(ONE, TWO)), SEEN[:2]), shown=False, timed=True)
    observing, _ = progress.bars
    assert (observing.visible, observing.completed, observing.total) == (True, 2, 6)


def test_a_run_that_goes_on_with_all_observed_shows_what_is_timed_and_the_benchmarks_that_were_finished() -> (
    None
):
    tally = RunState(begun(plan(ONE, TWO)), [*SEEN, BenchmarkFinished(ONE.id, StopReason(StopKind.TIME, 60))])
    progress = Progress(tally, shown=False, timed=True)
    observing, timing = progress.bars
    assert (observing.visible, timing.visible) == (False, True)
    assert (timing.completed, timing.total) == (1, 2)
    happen(tally, progress, BenchmarkFinished(TWO.id, StopReason(StopKind.TIME, 60)))
    assert timing.completed == 2


def test_a_run_that_goes_on_announces_only_what_is_left() -> None:
    def announced(entries: list[Entry], effort: Effort = DEFAULT) -> str:
        tally = RunState(begun(plan(ONE, TWO, effort=effort)), entries)
        return Progress(tally, shown=False, timed=True).announcement()

    finished = BenchmarkFinished(ONE.id, StopReason(StopKind.TIME, 60))
    assert announced([]) == (
        "2 benchmarks, 6 cases: observing takes about 2 s, timing 2 benchmarks: at most 2:00 left"
    )
    assert announced([*SEEN[:2]]) == (
        "2 benchmarks, 6 cases: observing 4 of them takes about 1 s, timing 2 benchmarks: at most 2:00 left"
    )
    assert announced([*SEEN, finished, *PLAYED]) == (
        "2 benchmarks, 6 cases: all are observed, timing 1 benchmark: at most 0:40 left"
    )
    assert announced([*SEEN, finished, *PLAYED], FAST) == (
        "2 benchmarks, 6 cases: all are observed, timing 1 benchmark: at most 0:04 left"
    )
    assert announced([*SEEN, finished, BenchmarkFinished(TWO.id, StopReason(StopKind.TIME, 60))]) == (
        "2 benchmarks, 6 cases: all are observed"
    )


def test_an_audit_counts_the_comparisons_of_identical_code() -> None:
    identical, planted = Trial("identical"), Trial("planted", 2)
    audit = replace(begun(plan(ONE), "audit"), audit=AuditSchedule(3, 100.0))
    tally = RunState(
        audit, [*SEEN[:3], TrialResult(identical, 0, 9.0, 40, ""), TrialResult(planted, 0, 9.0, 40, "")]
    )
    progress = Progress(tally, shown=False, timed=True)
    assert progress.announcement() == "2 comparisons of identical code, and more: at most 82 s"
    _, timing = progress.bars
    assert (timing.visible, timing.completed, timing.total) == (True, 1, 3)
    happen(tally, progress, TrialResult(planted, 1, 9.0, 40, ""))
    assert timing.completed == 1
    happen(tally, progress, TrialResult(identical, 1, 9.0, 40, ""))
    assert timing.completed == 2
