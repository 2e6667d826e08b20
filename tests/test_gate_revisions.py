"""A gate between two revisions: what it decides of each case and of all, and how it says so."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from harness.analysis.gate import CaseLimits, Limit
from harness.analysis.revisions import Decision, RevisedCase, RevisionGate, judge_revisions
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import ProcessObservations
from harness.records.entries import BenchmarkCalibrated, BenchmarkFinished, Entry
from harness.records.estimate import Estimate
from harness.records.plan import FALSE_ALARMS, Plan
from harness.records.record import Record
from harness.records.stop_reason import StopKind, StopReason
from harness.report.answer_format import AnswerFormat
from harness.report.revisions import answer_lines
from tests.benchmarks.gates import count_failures
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    fake_benchmark,
    observation,
    raised,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
    two_revisions,
)

PROBE = fake_benchmark("probe", returned([0]))
Seen = tuple[ProcessObservations, ...]
RIGHT, WRONG = twice(observation(returned([0]))), twice(observation(returned([1])))
AT_ONCE = CaseLimits(general=0.0)
NARROW = StopReason(StopKind.PRECISION, 0.01)
TIME_OVER = StopReason(StopKind.TIME, 120.0, "±1.0%")


def timed(
    benchmark: Benchmark, planned: Plan, times: Mapping[str, float], spread: float, reason: StopReason
) -> list[Entry]:
    """A benchmark whose arms all give the right result, and take about these microseconds."""
    played = rounds(benchmark.id, times, 30, spread=spread)
    return [
        *seen_alike(benchmark, RIGHT, [backend.name for backend in planned.backends]),
        BenchmarkCalibrated(benchmark.id, PACE),
        *played,
        BenchmarkFinished(benchmark.id, reason),
    ]


def two_loops(asyncio: float, uvloop: float, *, spread: float = 0.004, reason: StopReason = NARROW) -> Record:
    """A record of one benchmark whose working copy takes so many times as long as the base on either loop."""
    planned = two_revisions(PROBE)
    times = {
        f"{ASYNCIO}@base": 100.0,
        f"{ASYNCIO}@head": 100.0 * asyncio,
        f"{UVLOOP}@base": 60.0,
        f"{UVLOOP}@head": 60.0 * uvloop,
    }
    return record_of(planned, *timed(PROBE, planned, times, spread, reason))


def seen(head: Seen, base: Seen) -> Record:
    """A record of one benchmark that was observed alone: what the working copy did, and the base."""
    planned = two_revisions(PROBE, on=[ASYNCIO])
    return record_of(
        planned,
        *seen_alike(PROBE, base, [f"{ASYNCIO}@base"]),
        *seen_alike(PROBE, head, [f"{ASYNCIO}@head"]),
        BenchmarkFinished(PROBE.id, StopReason(StopKind.NOTHING_TO_COMPARE)),
    )


def judged(record: Record, limits: CaseLimits = AT_ONCE) -> RevisionGate:
    return judge_revisions(record, limits, whole=True)


def test_a_change_that_slows_all_loops_alike_fails() -> None:
    gate = judged(two_loops(1.05, 1.05))
    assert gate.decision is Decision.FAIL
    assert [case.decision for case in gate.cases] == [Decision.FAIL, Decision.FAIL]


def test_equal_revisions_pass() -> None:
    gate = judged(two_loops(1.0, 1.0, spread=0.01))
    assert gate.decision is Decision.PASS
    assert all(case.ratio is not None and case.ratio.has_interval for case in gate.cases)


def test_what_is_quicker_passes_and_is_told() -> None:
    gate = judged(two_loops(0.9, 1.0))
    assert gate.decision is Decision.PASS
    assert "  -10" in "\n".join(answer_lines(gate, AnswerFormat.TEXT))


def test_each_ratio_is_to_the_same_backend_of_the_base() -> None:
    cases = judged(two_loops(1.05, 0.8)).cases
    ratios = {case.backend: case.ratio.value for case in cases if case.ratio is not None}
    assert ratios == {ASYNCIO: pytest.approx(1.05, rel=0.01), UVLOOP: pytest.approx(0.8, rel=0.01)}


def test_the_cases_that_fail_come_first_and_the_slowest_of_them_before_the_others() -> None:
    gate = judged(two_loops(1.03, 1.2))
    assert [case.backend for case in gate.cases] == [UVLOOP, ASYNCIO]


@pytest.mark.parametrize(
    ("limits", "decision"),
    [
        (CaseLimits(general=0.1), Decision.PASS),
        (CaseLimits(general=0.02), Decision.FAIL),
        (CaseLimits((Limit("probe on uvloop", None),), 0.02), Decision.FAIL),
        (CaseLimits((Limit("probe", None),), 0.02), Decision.PASS),
        (CaseLimits((Limit("prob", 0.1), Limit("*", 0.2))), Decision.UNDECIDED),
    ],
)
def test_limits_of_the_project_come_before_the_general_one(limits: CaseLimits, decision: Decision) -> None:
    assert judged(two_loops(1.05, 1.05), limits).decision is decision


def test_time_that_is_over_before_an_interval_is_narrow_decides_nothing_unless_the_interval_does() -> None:
    assert judged(two_loops(1.0, 1.0, spread=0.1, reason=TIME_OVER)).decision is Decision.UNDECIDED
    assert judged(two_loops(1.0, 1.0, spread=0.1, reason=NARROW)).decision is Decision.PASS
    assert judged(two_loops(1.5, 1.0, spread=0.1, reason=TIME_OVER)).decision is Decision.FAIL
    assert judged(two_loops(0.5, 0.5, spread=0.1, reason=TIME_OVER)).decision is Decision.PASS


@pytest.mark.parametrize(
    ("head", "base", "decision", "words"),
    [
        (WRONG, RIGHT, Decision.FAIL, "gives a different result"),
        (RIGHT, WRONG, Decision.PASS, "is mended"),
        (WRONG, WRONG, Decision.UNDECIDED, "in the base too"),
        (twice(observation(raised(ValueError("no")))), RIGHT, Decision.FAIL, "and the base does not"),
        (RIGHT, RIGHT, Decision.UNDECIDED, "has no ratio"),
    ],
)
def test_a_result_counts_before_any_time(head: Seen, base: Seen, decision: Decision, words: str) -> None:
    gate = judged(seen(head, base))
    assert gate.decision is decision
    assert words in gate.cases[0].reason


def test_a_scenario_that_is_not_timed_passes_by_its_result() -> None:
    benchmark = replace(PROBE, timed=False)
    planned = two_revisions(benchmark, on=[ASYNCIO])
    names = [backend.name for backend in planned.backends]
    assert judged(record_of(planned, *seen_alike(benchmark, RIGHT, names))).decision is Decision.PASS


def test_a_gate_over_nothing_is_undecided() -> None:
    assert RevisionGate("main", 0.99, ()).decision is Decision.UNDECIDED


# Words.


def case(number: int, decision: Decision = Decision.FAIL) -> RevisedCase:
    return RevisedCase(f"probe:n={number}", ASYNCIO, decision, 0.0, Estimate(1.031, 1.024, 1.038, 20))


@pytest.mark.parametrize("decision", Decision)
def test_the_first_line_says_the_decision_in_percent(decision: Decision) -> None:
    gate = RevisionGate("main (1a2b3c4d5)", 0.995, (case(1, decision), case(2, decision)))
    first, *_ = answer_lines(gate, AnswerFormat.TEXT)
    assert (
        first
        == {
            Decision.PASS: "PASS: nothing certainly takes more time than main (1a2b3c4d5), "
            "and nothing can be by more than 3.8%",
            Decision.FAIL: "FAIL: probe:n=1 on asyncio takes 3.1% more time than main (1a2b3c4d5), "
            "by at least 2.4%; 1 more case fails",
            Decision.UNDECIDED: "UNDECIDED: probe:n=1 on asyncio may take up to 3.8% more time than "
            "main (1a2b3c4d5), and its time is over: give it more by --max-time, or ask for less by "
            "--precision; 1 more case is undecided",
        }[decision]
    )


def test_every_case_that_changed_is_a_line_in_percent_with_half_its_intervals_width() -> None:
    lines = list(answer_lines(RevisionGate("main", 0.995, (case(1),)), AnswerFormat.TEXT))
    assert lines[1] == "  +3.1% ±0.7 probe:n=1 on asyncio"


@pytest.mark.parametrize("cases", [0, 1, 4, 50])
def test_a_comment_has_ten_lines_and_a_terminal_24_at_the_most(cases: int) -> None:
    gate = RevisionGate("main", 0.995, tuple(map(case, range(cases))))
    comment = list(answer_lines(gate, AnswerFormat.MARKDOWN))
    assert comment[0].startswith(f"**{gate.decision}**: ")
    assert len(comment) <= 10
    assert len(list(answer_lines(gate, AnswerFormat.TEXT))) <= 24


def test_what_a_worker_wrote_stays_in_its_cell_of_a_comment() -> None:
    gate = RevisionGate("main", 0.995, (replace(case(1), reason="crashed: |<b>\n| x"),))
    [row] = [line for line in answer_lines(gate, AnswerFormat.MARKDOWN) if line.startswith("| +")]
    assert "\\|&lt;b> \\| x" in row


# How often it errs.


def test_the_level_of_an_interval_leaves_one_false_alarm_in_200_to_all_cases_together() -> None:
    planned = two_revisions(PROBE, fake_benchmark("other"), fake_benchmark("asleep", timed=False))
    assert planned.comparisons == 4
    assert (1 - planned.level) / 2 * planned.comparisons == pytest.approx(FALSE_ALARMS)


def test_gates_of_identical_rounds_fail_no_more_often_than_promised_and_see_three_percent() -> None:
    gates = 200
    assert count_failures(gates).failed <= 6  # the 99.9% quantile of a binomial of 200 gates at 0.5%
    assert count_failures(gates // 2, planted=0.03).failed >= gates // 2 * 0.8
