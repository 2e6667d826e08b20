"""A gate: limits over cases, broken only by whole intervals in every session, and never silent."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.gate import CaseLimits, Gate, Limit, judge, mean_over_sessions
from harness.analysis.within import Missing
from harness.records.estimate import Estimate
from harness.report.backend_names import shown_names
from harness.report.gate import gate_sentences

FIVE = CaseLimits(general=0.05)
UVLOOP, TRIO = "uvloop+gather", "trio+nursery"


def ratio(low: float | None, high: float | None) -> Estimate:
    return Estimate(1.0 if low is None or high is None else (low + high) / 2, low, high, 20)


def sentences(gate: Gate) -> tuple[str, ...]:
    return gate_sentences(gate, shown_names((UVLOOP, TRIO)))


def judged(*ratios: Estimate, limits: CaseLimits = FIVE) -> Gate:
    return judge(limits, {("order:n=100", UVLOOP): ratios}, [], 0.95, len(ratios))


@pytest.mark.parametrize(
    ("low", "high", "broken"),
    [
        (1.06, 1.10, True),
        (1.0501, 1.06, True),
        (1.05, 1.10, False),
        (1.03, 1.20, False),
        (0.90, 0.95, False),
    ],
)
def test_a_limit_is_broken_only_where_the_whole_interval_lies_beyond_it(
    low: float, high: float, broken: bool
) -> None:
    assert bool(judged(ratio(low, high)).broken) is broken


@given(st.floats(0.5, 2), st.floats(0, 1), st.floats(0.001, 0.5))
def test_a_case_is_never_both_broken_and_within_its_limit(low: float, width: float, limit: float) -> None:
    [held] = judged(ratio(low, low + width), limits=CaseLimits(general=limit)).held
    assert not (held.broken and held.excluded)


def test_what_breaks_is_named_with_its_interval_and_that_it_was_one_session() -> None:
    [said] = sentences(judged(ratio(1.08, 1.12)))
    assert said == ("order:n=100 on uvloop is more than 5% slower: 1.10× [1.08, 1.12], one session.")


def test_of_several_sessions_every_one_must_lie_beyond() -> None:
    all_ = judged(ratio(1.08, 1.12), ratio(1.06, 1.20))
    assert all_.broken
    assert sentences(all_)[0].endswith("1.13× [1.06, 1.20], in 2 of 2 sessions.")
    some = judged(ratio(1.08, 1.12), ratio(1.01, 1.03))
    assert not some.broken
    assert sentences(some)[0].endswith("slower only in 1 of 2 sessions, which breaks no limit.")


def test_a_session_with_too_few_rounds_does_not_count() -> None:
    gate = judged(ratio(1.08, 1.12), ratio(None, None))
    assert [(one.beyond, one.sessions) for one in gate.broken] == [(1, 1)]
    assert gate.unmeasured == ()


def test_a_case_without_any_interval_could_not_be_measured() -> None:
    gate = judged(ratio(None, None))
    assert gate.held == ()
    [said] = sentences(gate)
    assert said == (
        "order:n=100 on uvloop could not be measured: 20 rounds are too few for an interval at 0.95."
    )


def test_a_case_that_lost_its_number_could_not_be_measured() -> None:
    gate = judge(FIVE, {}, [Missing("echo", UVLOOP, "the new record has no such benchmark")], 0.95, 1)
    [said] = sentences(gate)
    assert said == "echo on uvloop could not be measured: the new record has no such benchmark."


@pytest.mark.parametrize(
    ("row", "backend", "share"),
    [
        ("order:n=100", UVLOOP, 0.02),
        ("order:n=100", TRIO, 0.10),
        ("order:n=10", UVLOOP, 0.03),
        ("echo", TRIO, None),
        ("echo", UVLOOP, 0.05),
    ],
)
def test_the_first_pattern_that_matches_a_benchmark_or_a_case_counts(
    row: str, backend: str, share: float | None
) -> None:
    own = (
        Limit("order:* on trio+*", 0.10),
        Limit("order:n=100", 0.02),
        Limit("order:*", 0.03),
        Limit("* on trio+nursery", None),
    )
    assert CaseLimits(own, 0.05).of(row, backend) == share


def test_an_end_just_beyond_the_limit_is_not_shown_as_the_limit() -> None:
    [sentence] = sentences(judged(ratio(1.0501, 1.06)))
    assert "1.055× [1.0501, 1.060]" in sentence


def test_a_limit_may_name_a_backend_as_people_see_it() -> None:
    limits = CaseLimits((Limit("* on trio", 0.1),))
    assert limits.of("echo", TRIO) == 0.1
    assert limits.of("echo", "trio+anyio") is None
    assert limits.on([TRIO]) == limits
    assert limits.on([UVLOOP]).own == ()


def test_cases_without_a_limit_are_not_judged() -> None:
    beyond = {("order:n=100", UVLOOP): [ratio(2.0, 2.1)], ("echo", UVLOOP): [ratio(2.0, 2.1)]}
    missing = [Missing("pipes", UVLOOP, "gone")]
    gate = judge(CaseLimits((Limit("order:*", 0.05),)), beyond, missing, 0.95, 1)
    assert [one.benchmark for one in gate.broken] == ["order:n=100"]
    assert gate.unmeasured == ()
    none = CaseLimits((Limit("echo", None),), 0.05)
    assert [one.benchmark for one in judge(none, beyond, [], 0.95, 1).held] == ["order:n=100"]


def test_a_limit_that_no_case_answers_could_not_be_measured() -> None:
    gate = judged(ratio(0.9, 1.0), limits=CaseLimits((Limit("ordre:*", 0.05), Limit("other", None))))
    assert [one.name for one in gate.unmeasured] == ["ordre:*"]


def test_a_gate_that_holds_nothing_says_so_and_is_not_passed() -> None:
    (said,) = sentences(judge(FIVE, {}, [], 0.95, 1))
    assert said.startswith("the comparison could not be measured: no case has a ratio, ")
    assert "a second backend, such as -b asyncio -b uvloop" in said


def test_cases_that_may_lie_beyond_are_told_from_those_within() -> None:
    compared = {(f"row{n}", UVLOOP): [ratio(1.0, 1.02 if n < 2 else 1.08)] for n in range(9)}
    said = " ".join(sentences(judge(FIVE, compared, [], 0.95, 1)))
    assert "2 cases are within the limit." in said
    assert "7 cases may be within the limit or beyond it: row2 on uvloop," in said
    assert said.endswith("and 2 more.")


def test_a_limit_of_a_backend_that_was_left_out_is_not_missed() -> None:
    limits = CaseLimits((Limit("order:* on trio+nursery", 0.1), Limit("order:*", 0.1)))
    assert [one.pattern for one in limits.on(["uvloop+gather"]).own] == ["order:*"]
    assert limits.on(["trio+nursery"]) == limits


def test_a_break_is_seen_by_the_mean_of_many_sessions_though_one_of_them_does_not_show_it() -> None:
    changes = [change(log, width) for log, width in SHIFTS]
    [held] = judge(FIVE, {("story", UVLOOP): changes}, (), 0.95, 5).held
    assert held.beyond < held.sessions
    assert held.broken


def test_the_spread_between_sessions_is_in_the_interval_of_their_mean() -> None:
    sure = [Estimate(1 + share, 0.999 + share, 1.001 + share, 20) for share in (0.0, 0.05, 0.1, 0.15, 0.2)]
    mean = mean_over_sessions(sure, 0.95)
    assert mean.low is not None
    assert mean.low < 1
    alike = mean_over_sessions([Estimate(1.1, 1.09, 1.11, 20)] * 5, 0.95)
    assert alike.low is not None
    assert 1.09 < alike.low < 1.1


def test_the_mean_of_sessions_misses_the_truth_as_often_as_it_says() -> None:
    draw = random.Random(6)
    missed = 0
    for _ in range(400):
        new = draw.gauss(0, 0.02)
        logs = [new - draw.gauss(0, 0.02) for _ in range(6)]
        mean = mean_over_sessions([change(log, 1e-4) for log in logs], 0.95)
        missed += not (mean.low or 0) <= 1 <= (mean.high or 0)
    assert 0.02 < missed / 400 < 0.08


def test_fewer_sessions_must_all_show_a_break() -> None:
    changes = [change(log, width) for log, width in SHIFTS[:4]]
    [held] = judge(FIVE, {("story", UVLOOP): changes}, (), 0.95, 4).held
    assert not held.broken


def test_a_session_without_an_interval_is_told() -> None:
    changes = [Estimate(1.2, 1.15, 1.25, 20), Estimate(1.2, None, None, 3)]
    gate = judge(FIVE, {("story", UVLOOP): changes}, (), 0.95, 2)
    assert "in 1 of 1 sessions (1 more have no interval)" in " ".join(sentences(gate))


SHIFTS = ((0.1, 0.02), (0.12, 0.1), (0.13, 0.02), (0.11, 0.02), (0.12, 0.02))
"""A case's change from five old sessions, with half its width: the second shows no break of 5%."""


def change(log: float, width: float) -> Estimate:
    return Estimate(math.exp(log), math.exp(log - width), math.exp(log + width), 20)
