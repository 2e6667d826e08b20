"""Instructions: what cachegrind says, which passes count them, what rounds and two records say of them."""

from dataclasses import replace

import pytest

from harness.analysis.gate import CaseLimits
from harness.analysis.gate_metric import GateMetric
from harness.analysis.passes.instructions import INSTRUCTIONS
from harness.analysis.passes.table import passes_for
from harness.analysis.revisions import Decision, RevisionGate, judge_revisions
from harness.execution.arms import Arm, RoundContext
from harness.execution.instructions import can_count, instructions_in, open_counted_arms
from harness.execution.rounds import run_round
from harness.protocol.messages import CaseSpec
from harness.records.entries import BenchmarkCalibrated, Entry, PassRoundMeasured, RunFinished
from harness.records.pace import ArmRound, RoundSettings
from harness.records.plan import FAST
from harness.records.record import Record
from harness.report.answer_format import AnswerFormat
from harness.report.contents import tables
from harness.report.formats import csv
from harness.report.notices import NoticeKind
from harness.report.revisions import answer_lines
from harness.report.warnings import notices
from harness.runner import counting, timing
from harness.runner.counting import counted_rounds
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    beside,
    fake_benchmark,
    observation,
    part,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
    two_revisions,
    value,
)

PROBE = fake_benchmark("probe", returned(1))
ASKED = replace(plan(PROBE, on=(ASYNCIO, UVLOOP), effort=FAST), passes=("instructions",))
ORDINARY: tuple[Entry, ...] = (
    *seen_alike(PROBE, twice(observation(returned(1)))),
    *rounds(PROBE.id, {ASYNCIO: 100.0, UVLOOP: 63.0, "self-test": 100.0}, 6),
)
SEEDS = (1.0, 1.001, 0.999, 1.0005, 0.9995, 1.0)
"""What the seed of hashes makes of the instructions in each round."""


def counted(arm: str, instructions: float) -> ArmRound:
    taken = value(100.0)
    return part(arm, [replace(taken, instructions=round(instructions * taken.loops))])


def counts(asyncio: float, uvloop: float) -> list[PassRoundMeasured]:
    played = [(counted(ASYNCIO, asyncio * seed), counted(UVLOOP, uvloop * seed)) for seed in SEEDS]
    return beside(PROBE, "instructions", played)


def record(*entries: Entry) -> Record:
    return record_of(ASKED, *ORDINARY, *entries)


def test_the_last_count_of_cachegrind_is_the_processes_own() -> None:
    output = "==7== I   refs:      1,000\nhello\n==9== I   refs:      242,555,713\n"
    assert instructions_in(output) == 242_555_713


@pytest.mark.parametrize("output", ["", "I refs: 5", "==7== D   refs:      1,000"])
def test_what_cachegrind_did_not_say_is_no_count(output: str) -> None:
    assert instructions_in(output) is None


def test_instructions_are_counted_only_where_they_are_asked_for() -> None:
    assert passes_for(ASKED, PROBE, PACE, ()) == (INSTRUCTIONS,)
    assert passes_for(replace(ASKED, passes=()), PROBE, PACE, ()) == ()


def test_a_ratio_of_instructions_is_taken_within_each_round() -> None:
    [result] = record(*counts(120_000, 60_000)).results
    base, other = (case.timing.passes["instructions"].figures for case in result.cases if case.timing)
    assert "instructions_ratio" not in base
    ratio = other["instructions_ratio"].estimate
    assert [ratio.low, ratio.high] == pytest.approx([0.5, 0.5], rel=1e-4)


def test_reports_show_instructions_and_their_ratio() -> None:
    shown = record(*counts(120_000, 60_000))
    assert "instructions" in dict(tables(shown))
    assert '"instructions_ratio",0.5' in csv.render(shown)


def test_instructions_that_were_asked_for_and_not_counted_are_told_of() -> None:
    assert NoticeKind.NOT_COUNTED in [notice.kind for notice in notices(finished(record()))]
    assert NoticeKind.NOT_COUNTED not in [n.kind for n in notices(finished(record(*counts(2e5, 1e5))))]


def finished(unfinished: Record) -> Record:
    return replace(unfinished, finished=RunFinished(unfinished.run.started, 0.0))


TWO = two_revisions(PROBE, on=[ASYNCIO])
HEAD, BASE = f"{ASYNCIO}@head", f"{ASYNCIO}@base"


def gate_of(*factors: float, limit: float = 0.0) -> RevisionGate:
    """The gate over a working copy that takes so many times the base's instructions, a factor a round."""
    played = [
        (counted(BASE, 120_000 * seed), counted(HEAD, 120_000 * seed * factor))
        for seed, factor in zip(SEEDS, factors, strict=False)
    ]
    asked = replace(TWO, passes=("instructions",))
    entries: tuple[Entry, ...] = (
        *seen_alike(PROBE, twice(observation(returned(1))), [BASE, HEAD]),
        *rounds(PROBE.id, {BASE: 100.0, HEAD: 150.0, "self-test": 100.0}, 6),
        *beside(PROBE, "instructions", played),
    )
    return judge_revisions(
        record_of(asked, *entries), CaseLimits(general=limit), whole=True, metric=GateMetric.INSTRUCTIONS
    )


EQUAL = (1.0, 1.00002, 0.99998, 1.0, 1.00001, 0.99999)
"""What addresses make of the instructions of equal code."""


def test_half_a_percent_more_instructions_fails_the_gate_and_none_passes_whatever_the_times_are() -> None:
    """Seeds of hashes move the counts by a fifth of that; each is compared with the same seed."""
    same, more = gate_of(*EQUAL), gate_of(*(1.005 * factor for factor in EQUAL))
    assert (same.decision, more.decision) == (Decision.PASS, Decision.FAIL)
    assert more.cases[0].ratio is not None
    assert more.cases[0].ratio.value == pytest.approx(1.005, rel=1e-4)
    assert next(answer_lines(more, AnswerFormat.TEXT)).startswith(
        "FAIL: probe on asyncio takes 0.5% more instructions than main"
    )
    assert next(answer_lines(same, AnswerFormat.TEXT)).startswith(
        "PASS: nothing certainly takes more instructions than main"
    )


def test_a_change_below_what_addresses_can_make_passes_and_is_told() -> None:
    gate = gate_of(*(1.0005 * factor for factor in EQUAL))
    assert gate.decision is Decision.PASS
    assert any("+0.050% ±0.00" in line for line in answer_lines(gate, AnswerFormat.TEXT))


def test_the_projects_limit_is_one_of_instructions_too() -> None:
    assert gate_of(*(1.02 * factor for factor in EQUAL), limit=0.05).decision is Decision.PASS


@pytest.mark.parametrize(("factors", "words"), [((), "install valgrind"), ((1.0, 1.0), "too few")])
def test_what_was_not_counted_or_too_seldom_is_undecided(factors: tuple[float, ...], words: str) -> None:
    gate = gate_of(*factors)
    assert gate.decision is Decision.UNDECIDED
    assert words in next(answer_lines(gate, AnswerFormat.TEXT))


def test_nothing_is_counted_of_a_benchmark_that_was_not_calibrated() -> None:
    state = RunState(begun(ASKED))
    assert list(counted_rounds(next(iter(state.timed)), INSTRUCTIONS, ())) == []


def test_a_pass_ends_after_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "can_count", lambda: True)
    monkeypatch.setattr(counting, "run_round", lambda *_: (counted(ASYNCIO, 120_000),))
    state = RunState(begun(ASKED))
    for entry in ORDINARY[:-6]:
        state.add(entry)
    state.add(BenchmarkCalibrated(PROBE.id, PACE))
    benchmark = next(iter(state.timed))
    taken = 0
    for entry in counted_rounds(benchmark, INSTRUCTIONS, timing.arms_of(benchmark)):
        state.add(entry)
        taken += 1
        assert taken <= INSTRUCTIONS.rounds
    assert taken == INSTRUCTIONS.rounds


@pytest.mark.workers
@pytest.mark.long
@pytest.mark.skipif(not can_count(), reason="valgrind is not installed")
def test_a_planted_half_percent_is_counted_exactly_on_a_busy_machine() -> None:
    case = CaseSpec("scenarios.tutorial.order", "order", (("n", 1),), "asyncio", "", "gather")
    seed = (("PYTHONHASHSEED", "1"),)
    arms = [
        Arm(name, case, variables=seed, planted=planted) for name, planted in (("a", 0), ("b", 0), ("c", 1))
    ]
    context = RoundContext(None, 60.0, open_arms=open_counted_arms)
    parts = run_round(arms, RoundSettings(400, 1, 0, untimed=50), context, "a round")
    assert isinstance(parts, tuple)
    base, same, more = (taken.values[0].instructions / taken.values[0].loops for taken in parts)
    assert same / base == pytest.approx(1, abs=0.0001)
    assert more / base == pytest.approx(1.005, abs=0.0001)
