"""Entries of a journal → the record: verdicts, times, flags, the ledger, the method's check on itself."""

import math
from dataclasses import replace

import pytest

from harness.backends.backend import EnvironmentSpec
from harness.protocol.benchmarks import Benchmark, Claim, Difference, Promise
from harness.protocol.descriptions import Outcome
from harness.protocol.evidence import Frame, RaisedError
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    RoundMeasured,
    RunFinished,
)
from harness.records.estimate import Judgement
from harness.records.machine import BackendEnvironment
from harness.records.pace import SELF_TEST_ARM, ArmFailure
from harness.records.plan import FAST
from harness.records.record import BenchmarkResult, CaseResult, Record
from harness.records.stop_reason import StopKind, StopReason
from harness.records.verdict import ClaimResult, Verdict
from harness.report.differences import differences
from harness.report.evidence import case_of
from harness.runner.broken_promises import unexpected_result
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    EVERYTHING,
    PACE,
    THREE,
    TRIO,
    UVLOOP,
    begun,
    everything,
    fake_benchmark,
    observation,
    part,
    plan,
    raised,
    record_of,
    returned,
    round_of,
    rounds,
    seen_alike,
    told,
    twice,
    unmeasured,
    value,
)

PROBE = fake_benchmark("probe", returned(1))
SEEN = twice(observation(returned(1)))
CRASH = (ProcessObservations(ended=WorkerExit("killed by SIGSEGV")),) * 2
TIMES = {ASYNCIO: 100.0, UVLOOP: 63.0, TRIO: 180.0, SELF_TEST_ARM: 100.0}


def observed(of: Benchmark = PROBE, **unlike: tuple[ProcessObservations, ...]) -> list[CaseObserved]:
    """What the three backends saw; those named by their loop saw something else."""
    return [CaseObserved(of.id, name, unlike.get(name.partition("+")[0], SEEN)) for name in THREE]


def line_of(*entries: Entry, of: Benchmark = PROBE) -> BenchmarkResult:
    [line] = record_of(plan(of, effort=FAST), *entries).results
    return line


def cell(line: BenchmarkResult, backend: str) -> CaseResult:
    return next(cell for cell in line.cases if cell.backend == backend)


def without(arm: str, played: list[RoundMeasured]) -> list[RoundMeasured]:
    return [replace(one, arms=tuple(part for part in one.arms if part.arm != arm)) for one in played]


def test_a_timed_benchmark_has_absolute_times_and_ratios_to_the_baseline() -> None:
    line = line_of(*observed(), *rounds(PROBE.id, TIMES, 6))
    baseline, uvloop, trio = (cell(line, name).timing for name in THREE)
    assert baseline is not None
    assert uvloop is not None
    assert trio is not None
    assert (baseline.ratio, baseline.judgement) == (None, None)
    assert baseline.seconds.value == pytest.approx(100e-6, rel=0.1)
    assert uvloop.ratio is not None
    assert trio.ratio is not None
    assert uvloop.ratio.value == pytest.approx(0.63, rel=0.02)
    assert trio.ratio.value == pytest.approx(1.8, rel=0.02)
    assert (uvloop.judgement, trio.judgement) == (Judgement.LESS_TIME, Judgement.MORE_TIME)
    assert uvloop.ratio.rounds == len(uvloop.samples) == line.rounds == 6
    assert (uvloop.flags, trio.flags) == ((), ())


def test_an_interval_rests_on_the_samples_that_are_recorded() -> None:
    timing = cell(line_of(*observed(), *rounds(PROBE.id, TIMES, 6)), UVLOOP).timing
    assert timing is not None
    assert timing.ratio is not None
    lowest, *_, highest = sorted(timing.samples)
    assert (timing.ratio.low, timing.ratio.high) == pytest.approx((math.exp(lowest), math.exp(highest)))


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        (observed(uvloop=CRASH), Verdict.CRASHED),
        (observed(uvloop=twice(observation(returned(2)))), Verdict.DIFFERENT_RESULT),
        (observed(uvloop=twice(observation(returned(1)), observation(returned(2)))), Verdict.UNSTABLE),
        (
            [*observed(), ArmDropped(PROBE.id, ArmFailure(UVLOOP, "killed by SIGSEGV"), "crashed")],
            Verdict.CRASHED,
        ),
        (
            [*observed(), ArmDropped(PROBE.id, ArmFailure(UVLOOP, "no answer"), "timed out")],
            Verdict.TIMED_OUT,
        ),
        (
            [*observed(), ArmDropped(PROBE.id, ArmFailure(UVLOOP, "it returned 2"), "unstable")],
            Verdict.UNSTABLE,
        ),
    ],
)
def test_a_case_that_disagrees_crashes_or_hangs_has_a_verdict_and_never_a_number(
    entries: list[Entry], verdict: Verdict
) -> None:
    line = line_of(*entries, *rounds(PROBE.id, TIMES, 3))
    assert cell(line, UVLOOP).verdict.kind is verdict
    assert cell(line, UVLOOP).timing is None
    assert cell(line, TRIO).timing is not None


def test_what_a_worker_said_that_crashed_when_timed_is_in_the_record_and_its_reports() -> None:
    crashed = ArmDropped(
        PROBE.id, ArmFailure(UVLOOP, "killed by SIGSEGV", "Fatal error\n  mine.py:7"), "crashed"
    )
    record = RunState(begun(plan(PROBE)), [*observed(), *rounds(PROBE.id, TIMES, 3), crashed]).record()
    (shown,) = differences(record, Verdict.CRASHED)
    assert shown.output == ("Fatal error", "  mine.py:7")
    line = record.results[0]
    ended = case_of(record, line, cell(line, UVLOOP)).ended
    assert ended == (("ended when the case was timed", "Fatal error\n  mine.py:7"),)


def test_an_arm_that_is_dropped_after_some_rounds_says_why_and_loses_its_number() -> None:
    dropped = ArmDropped(PROBE.id, ArmFailure(TRIO, "killed by SIGKILL"), "crashed")
    played = rounds(PROBE.id, TIMES, 5)
    line = line_of(*observed(), *played[:3], dropped, *without(TRIO, played[3:]))
    assert cell(line, TRIO).verdict.reason == "killed by SIGKILL"
    assert cell(line, TRIO).timing is None
    uvloop = cell(line, UVLOOP).timing
    assert uvloop is not None
    assert uvloop.ratio is not None
    assert uvloop.ratio.rounds == 5


def test_a_worse_verdict_from_checking_is_not_replaced_by_what_happened_when_timed() -> None:
    dropped = ArmDropped(PROBE.id, ArmFailure(UVLOOP, "when timed it returned 2"), "unstable")
    assert cell(line_of(*observed(uvloop=CRASH), dropped), UVLOOP).verdict.kind is Verdict.CRASHED


def no_ratio_anywhere(line: BenchmarkResult) -> bool:
    timings = [cell.timing for cell in line.cases if cell.timing]
    return bool(timings) and all(timing.ratio is None for timing in timings)


def test_a_benchmark_whose_baseline_has_no_number_has_absolute_times_and_no_ratio() -> None:
    times = {UVLOOP: 63.0, TRIO: 180.0}
    line = line_of(*observed(asyncio=CRASH), *rounds(PROBE.id, times, 3))
    assert cell(line, ASYNCIO).timing is None
    assert no_ratio_anywhere(line)
    assert line.self_test is None


def test_a_baseline_that_is_dropped_takes_the_ratios_of_its_benchmark_with_it() -> None:
    dropped = ArmDropped(PROBE.id, ArmFailure(ASYNCIO, "killed by SIGSEGV"), "crashed")
    played = rounds(PROBE.id, TIMES, 5)
    after = without(SELF_TEST_ARM, without(ASYNCIO, played[3:]))
    line = line_of(*observed(), *played[:3], dropped, *after)
    assert cell(line, ASYNCIO).timing is None
    assert no_ratio_anywhere(line)
    assert line.self_test is None


def test_an_untimed_benchmark_has_verdicts_and_no_numbers() -> None:
    untimed = fake_benchmark("error", returned(1), timed=False)
    line = line_of(*observed(untimed), of=untimed)
    assert [cell.verdict.kind for cell in line.cases] == [Verdict.SAME_RESULT] * 3
    assert [cell.timing for cell in line.cases] == [None] * 3


def test_a_scenario_that_raises_as_promised_agrees_and_is_not_timed() -> None:
    probe = fake_benchmark("error", raised(ValueError("Oops")))
    tally = RunState(begun(plan(probe)), seen_alike(probe, twice(observation(raised(ValueError("Oops"))))))
    assert tally.of(probe).verdict(ASYNCIO).kind is Verdict.SAME_RESULT
    assert tally.of(probe).timed_backends() == ()


UNPROMISED = fake_benchmark("probe")
TYPO = NameError("name 'checkpont' is not defined")
GROUPED = ExceptionGroup("", [TYPO])


def raises(error: BaseException, *, line: int | None = 16) -> tuple[ProcessObservations, ...]:
    frames = () if line is None else (Frame("probe.py", line, "probe", own=True),)
    return twice(replace(observation(raised(error)), errors=(RaisedError(str(error), frames),)))


def verdicts_of(of: Benchmark, **seen: tuple[ProcessObservations, ...]) -> list[Verdict]:
    """The verdicts on the three backends, each named by its loop with what it saw."""
    return [one.verdict.kind for one in line_of(*observed(of, **seen), of=of).cases]


def everywhere(error: BaseException) -> dict[str, tuple[ProcessObservations, ...]]:
    return {name.partition("+")[0]: raises(error) for name in THREE}


@pytest.mark.parametrize("on_trio", [TYPO, GROUPED], ids=["bare", "in a group"])
def test_a_scenario_that_raises_on_every_backend_without_a_promise_could_not_be_measured(
    on_trio: BaseException,
) -> None:
    line = line_of(
        *observed(UNPROMISED, **{**everywhere(TYPO), "trio": raises(on_trio)}),
        *rounds(UNPROMISED.id, TIMES, 3),
        of=UNPROMISED,
    )
    assert [one.verdict.kind for one in line.cases] == [Verdict.COULD_NOT_MEASURE] * 3
    because = (
        "raises NameError on every backend (scenarios/tutorial/probe.py:16: "
        "NameError(\"name 'checkpont' is not defined\")), so there is nothing to compare or to time: "
        "mend the scenario, or promise the error with raises="
    )
    assert {one.verdict.reason for one in line.cases} == {because}
    assert [one.timing for one in line.cases] == [None] * 3


def test_where_the_line_is_not_known_the_words_say_where_the_scenario_begins() -> None:
    entries = [CaseObserved(UNPROMISED.id, name, raises(TYPO, line=None)) for name in THREE]
    because = cell(line_of(*entries, of=UNPROMISED), TRIO).verdict.reason
    assert f"on every backend ({UNPROMISED.source}: NameError" in because


def test_errors_that_are_unlike_are_all_named() -> None:
    entries = observed(UNPROMISED, **{**everywhere(TYPO), "trio": raises(KeyError("k"))})
    finding = cell(line_of(*entries, of=UNPROMISED), UVLOOP).verdict
    assert finding.kind is Verdict.COULD_NOT_MEASURE
    assert finding.reason.startswith("raises NameError or KeyError on every backend")


def test_a_scenario_that_raises_on_the_baseline_alone_is_no_less_at_fault() -> None:
    (line,) = record_of(
        plan(UNPROMISED, on=[ASYNCIO]), *seen_alike(UNPROMISED, raises(TYPO), [ASYNCIO])
    ).results
    assert [one.verdict.kind for one in line.cases] == [Verdict.COULD_NOT_MEASURE]


def test_a_scenario_that_raises_on_some_backends_only_is_a_difference() -> None:
    differs = [Verdict.SAME_RESULT, Verdict.DIFFERENT_RESULT, Verdict.DIFFERENT_RESULT]
    assert verdicts_of(UNPROMISED, uvloop=raises(TYPO), trio=raises(TYPO)) == differs
    assert verdicts_of(UNPROMISED, asyncio=raises(TYPO)) == differs


def test_a_scenario_that_sometimes_returns_on_one_backend_is_judged_as_ever() -> None:
    sometimes = twice(observation(raised(TYPO)), observation(returned(1)))
    assert verdicts_of(UNPROMISED, **{**everywhere(TYPO), "trio": sometimes}) == [
        Verdict.SAME_RESULT,
        Verdict.SAME_RESULT,
        Verdict.UNSTABLE,
    ]


def test_a_backend_that_is_not_there_or_crashed_keeps_its_verdict_beside_a_scenario_that_raises() -> None:
    missing = (ProcessObservations(unavailable="pip install uvloop"),)
    assert verdicts_of(UNPROMISED, **{**everywhere(TYPO), "uvloop": missing, "trio": CRASH}) == [
        Verdict.COULD_NOT_MEASURE,
        Verdict.UNAVAILABLE,
        Verdict.CRASHED,
    ]


def test_a_value_that_is_promised_where_every_backend_raises_could_not_be_measured() -> None:
    assert verdicts_of(PROBE, **everywhere(TYPO)) == [Verdict.COULD_NOT_MEASURE] * 3


def test_a_promise_that_some_backends_keep_and_others_raise_at_is_a_difference() -> None:
    returns = {**everywhere(TYPO), "asyncio": twice(observation(returned(1)))}
    assert verdicts_of(PROBE, **returns) == [Verdict.SAME_RESULT, *[Verdict.DIFFERENT_RESULT] * 2]


def test_a_promise_that_the_only_loop_which_is_there_does_not_keep_is_a_difference() -> None:
    missing = (ProcessObservations(unavailable="not installed"),)
    assert verdicts_of(PROBE, **{**everywhere(TYPO), "uvloop": missing, "trio": missing}) == [
        Verdict.DIFFERENT_RESULT,
        Verdict.UNAVAILABLE,
        Verdict.UNAVAILABLE,
    ]


def test_a_promise_of_which_it_is_documented_that_some_loop_raises_is_no_fault_of_the_scenario() -> None:
    lack = Difference(("trio+*",), Promise(raised(TYPO)), "it is so", "https://example.org")
    promised = fake_benchmark("probe", returned(1), differences=(lack,))
    assert verdicts_of(promised, **everywhere(TYPO)) == [
        Verdict.DIFFERENT_RESULT,
        Verdict.DIFFERENT_RESULT,
        Verdict.KNOWN_DIFFERENCE,
    ]


def test_a_documented_difference_that_promises_the_error_counts_for_the_backends_that_it_matches() -> None:
    promised = Difference(("trio+*",), Promise(raised(TYPO)), "it is so", "https://example.org")
    only_trio = fake_benchmark("probe", differences=(promised,))
    assert verdicts_of(only_trio, **everywhere(TYPO)) == [
        Verdict.COULD_NOT_MEASURE,
        Verdict.COULD_NOT_MEASURE,
        Verdict.KNOWN_DIFFERENCE,
    ]
    everyone = fake_benchmark("probe", differences=(replace(promised, on=("*",)),))
    assert verdicts_of(everyone, **everywhere(TYPO)) == [Verdict.KNOWN_DIFFERENCE] * 3


def test_a_claim_that_the_error_is_raised_is_a_promise_of_it_and_a_claim_of_another_is_none() -> None:
    claimed, another = (
        fake_benchmark("probe", claims=(Claim("It raises", "example", Promise(raised(error))),))
        for error in (TYPO, KeyError("k"))
    )
    on_trio = {**everywhere(TYPO), "trio": raises(GROUPED)}
    assert verdicts_of(claimed, **on_trio) == [
        Verdict.SAME_RESULT,
        Verdict.SAME_RESULT,
        Verdict.DIFFERENT_RESULT,
    ]
    assert verdicts_of(another, **on_trio) == [Verdict.COULD_NOT_MEASURE] * 3


@pytest.mark.parametrize("promised", [None, returned(1)], ids=["unpromised", "promised a value"])
def test_what_no_chosen_loop_implements_is_unsupported_and_no_fault_of_the_scenario(
    promised: Outcome | None,
) -> None:
    of = fake_benchmark("probe", promised)
    assert verdicts_of(of, **everywhere(NotImplementedError("no pipes"))) == [Verdict.UNSUPPORTED] * 3


def test_a_backend_seen_later_to_return_turns_the_others_verdicts_back() -> None:
    tally = RunState(begun(plan(UNPROMISED)), [CaseObserved(UNPROMISED.id, ASYNCIO, raises(TYPO))])
    assert tally.of(UNPROMISED).verdict(ASYNCIO).kind is Verdict.COULD_NOT_MEASURE
    tally.add(CaseObserved(UNPROMISED.id, UVLOOP, SEEN))
    assert tally.of(UNPROMISED).verdict(ASYNCIO).kind is Verdict.SAME_RESULT


def test_a_scenario_that_sleeps_has_an_excess_in_microseconds_and_never_a_ratio() -> None:
    probe = fake_benchmark("sleep", returned(1), ideal=0.02)
    times = {ASYNCIO: 20_150.0, UVLOOP: 19_700.0, TRIO: 20_300.0, SELF_TEST_ARM: 20_150.0}
    played = [round_of(probe.id, n, {arm: [us] * 5 for arm, us in times.items()}) for n in range(6)]
    line = line_of(*observed(probe), *played, of=probe)
    assert no_ratio_anywhere(line)
    excesses = [
        timing.excess.value for name in THREE if (timing := cell(line, name).timing) and timing.excess
    ]
    assert excesses == pytest.approx([150, -300, 300])
    assert line.self_test is not None
    assert line.self_test.value == pytest.approx(0)
    assert not line.self_test_differs


def again_rows(*shifts: float) -> Record:
    """A record of one benchmark per shift, by which the baseline's second entry is slower."""
    rows = [fake_benchmark(f"probe{number}", returned(1)) for number in range(len(shifts))]
    entries: list[Entry] = []
    for of, shift in zip(rows, shifts, strict=True):
        entries += observed(of)
        for number in range(6):
            wobble = 0.1 if number % 2 else -0.1
            entries.append(round_of(of.id, number, {ASYNCIO: [100.0], SELF_TEST_ARM: [100 * shift + wobble]}))
    return record_of(plan(*rows), *entries)


def test_the_self_tests_that_differ_are_counted_at_95_percent_and_not_adjusted() -> None:
    repeats = again_rows(1.0, 1.1, 0.9, 1.0).self_test
    assert repeats is not None
    assert (repeats.benchmarks, repeats.differing, repeats.allowed) == (4, 2, 2)


def test_self_tests_without_an_interval_are_not_counted() -> None:
    few = record_of(plan(PROBE), *observed(), *rounds(PROBE.id, TIMES, 5))
    assert few.results[0].self_test is not None
    assert few.self_test is None


def test_a_benchmark_whose_ratios_by_quiet_laps_and_by_whole_values_differ_is_flagged() -> None:
    calm, late = (
        cell(line_of(*observed(), *rounds(PROBE.id, TIMES, 6, late=slow)), UVLOOP).timing
        for slow in ({}, {UVLOOP: 3.0})
    )
    assert calm is not None
    assert late is not None
    assert calm.flags == ()
    [flag] = late.flags
    assert flag.startswith("by whole values the ratio is 0.9")
    assert late.mean_ratio == pytest.approx(0.63 * 1.5, rel=0.05)


@pytest.mark.parametrize(
    ("late", "count", "said"),
    [
        ({}, 20, ""),
        ({UVLOOP: 1.4}, 20, "slower"),
        ({UVLOOP: 0.6}, 20, "quicker"),
        ({UVLOOP: 1.02}, 20, ""),
        ({UVLOOP: 1.4}, 6, ""),
    ],
    ids=["level", "slower", "quicker", "too little to matter", "too few rounds to know"],
)
def test_values_that_still_trend_inside_a_worker_are_flagged_and_kept(
    late: dict[str, float], count: int, said: str
) -> None:
    timing = cell(line_of(*observed(), *rounds(PROBE.id, TIMES, count, late=late)), UVLOOP).timing
    assert timing is not None
    trends = [flag for flag in timing.flags if flag.startswith("the second half")]
    assert len(trends) == bool(said)
    assert all(said in flag for flag in trends)
    assert len(timing.samples) == count


@pytest.mark.parametrize(("share", "flagged"), [(0.0, False), (0.009, False), (0.034, True)])
def test_an_arm_that_uses_cpu_between_its_turns_is_flagged_as_disturbing(share: float, flagged: bool) -> None:
    timing = cell(line_of(*observed(), *rounds(PROBE.id, TIMES, 3, idle={TRIO: share})), TRIO).timing
    assert timing is not None
    assert timing.flags == (("uses 3.4% CPU between its turns",) if flagged else ())


def test_a_worker_that_lived_alone_disturbed_nobody_whatever_it_did_before_its_turn() -> None:
    arms = {name: [value(450_000.0, idle=0.3)] for name in (*THREE, SELF_TEST_ARM)}
    parts = tuple(part(name, values) for name, values in arms.items())
    played = [RoundMeasured(PROBE.id, number, 20.0, parts) for number in range(6)]
    (line,) = record_of(plan(PROBE), *observed(), *played).results
    assert [one.timing.flags for one in line.cases if one.timing] == [(), (), ()]


def test_the_peak_of_memory_is_left_out_where_the_system_does_not_tell() -> None:
    told_by, silent = (
        line_of(
            *observed(),
            *(RoundMeasured(PROBE.id, n, 1.0, (part(ASYNCIO, [value(10)], peak=peak),)) for n in range(3)),
        )
        for peak in (4096, None)
    )
    peaks = [timing.peak_memory for one in (told_by, silent) if (timing := cell(one, ASYNCIO).timing)]
    assert [peak and peak.value for peak in peaks] == [4096, None]


def test_the_ledger_is_computed_from_what_every_backend_was_seen_to_do() -> None:
    claims = (
        Claim("It is one", "here", Promise(returned(1))),
        Claim("It is two", "there", Promise(returned(2))),
    )
    probe = fake_benchmark("probe", returned(1), claims=claims)
    record = record_of(plan(probe), *observed(probe, uvloop=CRASH, trio=twice(observation(returned(2)))))
    holds, fails, untried = ClaimResult.HOLDS, ClaimResult.FAILS, ClaimResult.NOT_TRIED
    assert [(answered.claim.words, answered.benchmark) for answered in record.ledger] == [
        ("It is one", "probe"),
        ("It is two", "probe"),
    ]
    assert [[found for _, found in answered.answers] for answered in record.ledger] == [
        [holds, untried, fails],
        [fails, untried, holds],
    ]


def test_what_is_not_promised_is_what_the_baseline_did() -> None:
    probe = fake_benchmark("probe")
    line = line_of(*observed(probe, trio=twice(observation(returned(2)))), of=probe)
    assert [cell.verdict.kind for cell in line.cases] == [
        Verdict.SAME_RESULT,
        Verdict.SAME_RESULT,
        Verdict.DIFFERENT_RESULT,
    ]


@pytest.mark.parametrize(
    ("result", "arm", "unexpected"),
    [
        (None, UVLOOP, False),
        (1, UVLOOP, False),
        (2, UVLOOP, True),
        (2, SELF_TEST_ARM, True),
        (1, SELF_TEST_ARM, False),
    ],
)
def test_a_result_that_was_not_promised_is_found_when_timed(
    result: int | None, arm: str, unexpected: bool
) -> None:
    tally = RunState(begun(plan(PROBE)), observed())
    last = value(10, result=None if result is None else told(result))
    found = unexpected_result(tally.of(PROBE), part(arm, [value(10), last]))
    assert found == (told(result) if unexpected else None)


def test_a_warm_up_that_returns_something_else_is_found_too() -> None:
    tally = RunState(begun(plan(PROBE)), observed())
    played = replace(part(TRIO, [value(10)]), warmups=(value(10, result=told(3)),))
    assert unexpected_result(tally.of(PROBE), played) == told(3)


@pytest.mark.parametrize("torn_at", [1, 7])
def test_resumed_entries_give_the_same_record_as_unbroken_ones(torn_at: int) -> None:
    entries: list[Entry] = [
        *observed(),
        BenchmarkCalibrated(PROBE.id, PACE),
        *rounds(PROBE.id, TIMES, 5),
        BenchmarkFinished(PROBE.id, StopReason(StopKind.OTHER, detail="5 rounds")),
        RunFinished("2026-05-04T03:07:08+00:00", 0.5),
    ]
    first = begun(plan(PROBE))
    unbroken = RunState(first)
    for entry in entries:
        unbroken.add(entry)
    resumed = RunState(first, entries[:torn_at])
    for entry in entries[torn_at:]:
        resumed.add(entry)
    assert resumed.record() == unbroken.record() == record_of(plan(PROBE), *entries)


def test_every_benchmark_of_the_plan_has_a_line_and_every_case_a_verdict_even_before_it_is_observed() -> None:
    record = record_of(plan(*EVERYTHING))
    assert [line.benchmark for line in record.results] == list(EVERYTHING)
    assert {cell.verdict.reason for line in record.results for cell in line.cases} == {"nothing was observed"}
    assert record.finished is None


def test_the_faked_records_have_every_verdict_and_every_judgement() -> None:
    cells = [
        cell for record in (everything(), unmeasured()) for line in record.results for cell in line.cases
    ]
    assert {cell.verdict.kind for cell in cells} == set(Verdict)
    assert {cell.timing.judgement for cell in cells if cell.timing} == {*Judgement, None}


def test_a_finished_benchmark_is_kept_as_its_line_and_not_as_its_rounds() -> None:
    entries: list[Entry] = [*observed(), BenchmarkCalibrated(PROBE.id, PACE), *rounds(PROBE.id, TIMES, 6)]
    tally = RunState(begun(plan(PROBE, effort=FAST)), entries)
    before = tally.result(PROBE)
    assert len(tally.of(PROBE).rounds) == 6
    tally.add(BenchmarkFinished(PROBE.id, StopReason(StopKind.ROUNDS, 6, "fast")))
    assert not tally.of(PROBE).rounds
    assert tally.result(PROBE) == replace(before, stop_reason=StopReason(StopKind.ROUNDS, 6, "fast"))


def test_a_verdict_that_was_asked_for_is_judged_anew_when_more_is_known() -> None:
    tally = RunState(begun(plan(PROBE, effort=FAST)), observed())
    assert tally.of(PROBE).verdict(UVLOOP).kind is Verdict.SAME_RESULT
    tally.add(CaseObserved(PROBE.id, ASYNCIO, twice(observation(returned(2)))))
    assert tally.of(PROBE).verdict(ASYNCIO).kind is Verdict.DIFFERENT_RESULT
    tally.add(ArmDropped(PROBE.id, ArmFailure(UVLOOP, "killed by SIGSEGV"), "crashed"))
    assert tally.of(PROBE).verdict(UVLOOP).kind is Verdict.CRASHED


@pytest.mark.parametrize(
    ("python", "verdict"), [("3.12.1", Verdict.KNOWN_DIFFERENCE), ("3.11.7", Verdict.DIFFERENT_RESULT)]
)
def test_a_documented_difference_is_for_the_python_that_the_case_ran_on(
    python: str, verdict: Verdict
) -> None:
    late = Difference((ASYNCIO,), Promise(returned(2)), "it is so", "https://example.org", ">=3.12,<3.13")
    of = fake_benchmark(outcome=returned(1), differences=(late,))
    name = f"{ASYNCIO}@old"
    planned = plan(of)
    old = replace(planned.backends[0], environment=EnvironmentSpec("old", "3.12"))
    started = begun(replace(planned, backends=(*planned.backends, old)))
    there = replace(started.machine, environments=(BackendEnvironment(name, python),))
    tally = RunState(
        replace(started, machine=there), [CaseObserved(of.id, name, twice(observation(returned(2))))]
    )
    assert tally.of(of).verdict(name).kind is verdict


TWIN = replace(
    fake_benchmark("asyncio_probe", returned(1), uses_gather=False), native="probe", only="asyncio"
)
PLAIN = replace(PROBE, uses_gather=False)
NARROW = StopReason(StopKind.PRECISION, 0.02)
WITH_NATIVES = {**TIMES, "asyncio+native": 50.0, "uvloop+native": 40.0}


def told_natively(*more: Entry) -> Record:
    """A benchmark in whose rounds its native twin took part, which has none of its own."""
    looks = [*observed(PLAIN), *seen_alike(TWIN, SEEN, [ASYNCIO, UVLOOP])]
    played = rounds(PLAIN.id, WITH_NATIVES, 20)
    return record_of(plan(PLAIN, TWIN), *looks, BenchmarkCalibrated(PLAIN.id, PACE), *played, *more)


@pytest.mark.parametrize(
    "more",
    [[], [BenchmarkFinished(PLAIN.id, NARROW)]],
    ids=["under way", "finished"],
)
def test_a_twin_is_measured_in_the_rounds_of_its_host(more: list[Entry]) -> None:
    _, line = told_natively(*more).results
    timings = {one.backend: one.timing for one in line.cases}
    assert line.rounds == 20
    assert line.measured_in == PLAIN.id
    assert str(line.stop_reason) == "measured in the rounds of probe"
    assert line.settings == PACE
    assert line.self_test is None
    asyncio, uvloop = timings[ASYNCIO], timings[UVLOOP]
    assert asyncio is not None
    assert uvloop is not None
    assert uvloop.ratio is not None
    assert asyncio.seconds.value == pytest.approx(50e-6, rel=0.05)
    assert uvloop.ratio.value == pytest.approx(0.8, rel=0.02)


def test_a_twin_that_crashed_in_those_rounds_has_a_verdict_and_no_number() -> None:
    crashed = ArmDropped(PLAIN.id, ArmFailure("uvloop+native", "killed by SIGSEGV"), "crashed")
    _, line = told_natively(crashed).results
    verdicts = {one.backend: one.verdict.kind for one in line.cases}
    assert verdicts == {ASYNCIO: Verdict.SAME_RESULT, UVLOOP: Verdict.CRASHED}
    assert line.cases[1].timing is None


def test_an_arm_that_crashed_is_in_no_contrast() -> None:
    told, _ = told_natively().results
    assert {one.against for one in told.contrasts} == {"asyncio+native", "uvloop+native"}
    crashed = ArmDropped(PLAIN.id, ArmFailure("uvloop+native", "killed by SIGSEGV"), "crashed")
    told, _ = told_natively(crashed).results
    assert {one.against for one in told.contrasts} == {"asyncio+native"}


def test_a_twin_without_its_host_has_rounds_of_its_own() -> None:
    played = rounds(TWIN.id, {ASYNCIO: 50.0, UVLOOP: 40.0, SELF_TEST_ARM: 50.0}, 20)
    (line,) = record_of(plan(TWIN), *seen_alike(TWIN, SEEN, [ASYNCIO, UVLOOP]), *played).results
    assert line.measured_in == ""
    assert line.self_test is not None
