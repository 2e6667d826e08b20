"""What an audit's trials say of the method: errors with their bound, what was found, and at what price."""

import math
import random

import pytest

from harness.analysis.audit import (
    ErrorRate,
    completed,
    efficiency_gain,
    invariance,
    levels,
    procedure,
    shift,
)
from harness.analysis.detection import planted
from harness.analysis.machine_pace import drift, machine_pace
from harness.records.estimate import Estimate, Judgement
from harness.records.trials import ArmComparison, Trial, TrialResult, VarianceComponents
from harness.report.tables.audit import invariance_sentence

IDENTICAL, USUAL, ONE_PERCENT = Trial("identical"), Trial("usual"), Trial("planted", 2)


def tried(
    trial: Trial,
    ratio: float,
    *,
    half: float = 0.004,
    seconds: float = 10.0,
    typical: float = 1e-5,
    spread: VarianceComponents | None = None,
) -> TrialResult:
    """A trial with an interval of this half width around its ratio, judged as it lies."""
    low, high = ratio - half, ratio + half
    judgement = (
        Judgement.MORE_TIME if low > 1 else Judgement.LESS_TIME if high < 1 else Judgement.NO_CLEAR_DIFFERENCE
    )
    compared = ArmComparison("asyncio-again+gather", Estimate(ratio, low, high, 20), judgement)
    return TrialResult(trial, 0, seconds, 40, "narrow enough", typical, (compared,), spread)


FAILED = TrialResult(IDENTICAL, 9, 3.0, 2, "killed by SIGSEGV")


def test_an_error_rate_comes_with_its_one_sided_bound() -> None:
    errors = ErrorRate(0, 59)
    assert errors.rate == 0
    assert errors.bound == pytest.approx(1 - 0.05 ** (1 / 59))  # Clopper and Pearson's closed form at none


def test_identical_code_called_faster_or_slower_is_an_error_either_way() -> None:
    some = [tried(IDENTICAL, ratio) for ratio in (1.0, 1.001, 0.999, 1.006, 0.99)]
    found = procedure([*some, FAILED], "identical")
    assert found is not None
    assert (found.errors.wrong, found.errors.trials) == (2, 5)


def test_a_failed_trial_counts_in_no_figure() -> None:
    assert completed([FAILED], "identical") == ()
    assert procedure([FAILED] * 5, "identical") is None


def test_the_gain_is_that_of_machine_time_times_variance() -> None:
    ours = [tried(IDENTICAL, math.exp(x)) for x in (-0.001, 0.0, 0.001)]
    theirs = [tried(USUAL, math.exp(x), seconds=20.0) for x in (-0.01, 0.0, 0.01)]
    assert efficiency_gain([*ours, *theirs]) == pytest.approx(2 * 100)
    assert efficiency_gain(ours) is None


def test_a_planted_difference_is_found_where_the_whole_interval_is_above_one() -> None:
    some = [tried(ONE_PERCENT, ratio, seconds=s) for ratio, s in ((1.01, 9), (1.02, 11), (1.003, 30))]
    (found,) = planted(some)
    assert (found.trials, found.detected, found.covered, found.seconds) == (3, 2, 1, 11)
    assert found.bias == pytest.approx(0.001)


def test_planted_differences_are_told_apart_by_their_size() -> None:
    some = [tried(Trial("planted", extra), 1 + extra / 200) for extra in (10, 1, 2, 1)]
    assert [(one.trial.truth, one.trials) for one in planted(some)] == [(1.005, 2), (1.01, 1), (1.05, 1)]


def invariant(trial: Trial, log: float, means: float) -> TrialResult:
    part = ArmComparison(
        "trio+nursery", Estimate(math.exp(log), None, None, 3), Judgement.NO_CLEAR_DIFFERENCE,
        (log,) * 3, (means,) * 3,
    )  # fmt: skip
    return TrialResult(trial, 0, 3.0, 9, "3 rounds", 1e-5, (part,))


def test_invariance_pools_the_rounds_of_all_laps_and_compares_with_the_usual_counts() -> None:
    here, half = Trial("invariance"), Trial("invariance", loops=0.5)
    some = [invariant(here, 0.5, 0.51)] * 3 + [invariant(half, 0.52, 0.52)] * 3
    usual, halved = invariance(some)
    assert usual.ratio.rounds == halved.ratio.rounds == 9
    assert [usual.apart, usual.means] == pytest.approx([0, math.expm1(0.01)])
    assert [halved.apart, halved.means] == pytest.approx([math.expm1(0.02), 0])


def test_levels_are_standard_deviations_and_a_negative_variance_is_none() -> None:
    found = levels([tried(IDENTICAL, 1.0, spread=VarianceComponents(0.0004, -0.0001, 0.01))])
    assert found is not None
    assert [found.turn, found.worker, found.round] == pytest.approx([0.02, 0, 0.1])


def test_drift_is_the_range_of_the_baselines_own_time() -> None:
    times = (9.0, 10.0, 12.0)
    assert drift([tried(IDENTICAL, 1.0, typical=time) for time in times]) == pytest.approx(0.3)


def test_no_trials_say_nothing() -> None:
    assert [procedure([], "usual"), efficiency_gain([]), levels([]), drift([])] == [None] * 4
    assert not planted([])
    assert not invariance([])


def test_the_bound_holds_for_about_nineteen_of_twenty_audits() -> None:
    draw = random.Random(1)
    bounds = [ErrorRate(sum(draw.random() < 0.05 for _ in range(100)), 100).bound for _ in range(200)]
    assert sum(bound >= 0.05 for bound in bounds) >= 180


def test_the_shift_of_identical_code_is_given_with_its_standard_error_and_both_sides_of_its_errors() -> None:
    draw = random.Random(2)
    logs = [draw.gauss(0, 0.004) for _ in range(50)]
    alike = shift([tried(IDENTICAL, math.exp(log)) for one in logs for log in (one, -one)])
    assert alike is not None
    assert not alike.is_resolved
    assert alike.error == pytest.approx(0.0004, rel=0.2)
    moved = shift([tried(IDENTICAL, math.exp(draw.gauss(0.002, 0.004))) for _ in range(100)])
    assert moved is not None
    assert moved.is_resolved
    assert moved.mean == pytest.approx(0.002, abs=0.001)
    assert moved.more > moved.less
    assert moved.one_sided < 0.05 < alike.one_sided


def test_two_comparisons_have_no_shift() -> None:
    assert shift([tried(IDENTICAL, 1.0)] * 2) is None


def test_the_machines_pace_is_told_by_its_middle_and_by_its_slowest_comparison() -> None:
    times = [*(10.0 + number / 1000 for number in range(40)), 50.0]
    found = machine_pace([tried(IDENTICAL, 1.0, typical=time) for time in times])
    assert found is not None
    assert [found.low, found.high, found.most] == pytest.approx([0.998, 1.002, 5.0], abs=0.01)
    assert machine_pace([tried(IDENTICAL, 1.0)]) is None


@pytest.mark.parametrize(("log", "misses"), [(0.005, False), (-0.005, False), (0.012, True), (-0.02, True)])
def test_a_ratio_misses_the_bar_that_lies_further_than_one_percent_from_the_usual(
    log: float, misses: bool
) -> None:
    here, half = Trial("invariance"), Trial("invariance", loops=0.5)
    usual, halved = invariance([*[invariant(here, 0.5, 0.5)] * 3, *[invariant(half, 0.5 + log, 0.5)] * 3])
    assert (usual.is_missed, halved.is_missed) == (False, misses)

    sentence = invariance_sentence([usual, halved])

    assert sentence is not None
    assert ("is missed by 1 of 1 ratios" if misses else "is kept by all 1 ratios") in sentence
    assert f"the furthest is {math.expm1(log):+.2%} (trio, loops × 0.5, turns × 1)" in sentence


def test_without_other_counts_nothing_is_said_of_the_bar() -> None:
    assert invariance_sentence(invariance([invariant(Trial("invariance"), 0.5, 0.5)] * 3)) is None
