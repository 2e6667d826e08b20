"""The audit's trials: drawn once, known by construction, made by the code that a run uses."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from harness.errors import BadInput
from harness.execution.rounds import run_round
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import ArmDropped, BenchmarkCalibrated, CaseObserved, RunStarted
from harness.records.pace import GRAIN, RoundSettings
from harness.records.trials import AuditSchedule, Trial, TrialResult
from harness.report import Format, render
from harness.runner.audit import IDENTICAL_A_LAP, SUFFIX, USUAL, conduct, laps
from harness.runner.audit import _plan as plan_of_trial
from harness.runner.checking import check
from harness.runner.planning import RunRequest, plan_audit
from harness.runner.sequential import SequentialFailed, usual_procedure
from harness.runner.state import RunState
from harness.runner.timing import arms_of_round
from tests.arms import FREE, arms_on, benchmark_of, parts
from tests.records import ASYNCIO, fake_benchmark, observation, plan, returned, twice
from tests.records import begun as of_records

workers = pytest.mark.workers


def test_a_lap_tries_everything_and_the_order_is_drawn_for_the_seed() -> None:
    schedule = AuditSchedule(IDENTICAL_A_LAP, 1e9)
    one = list(laps(schedule, 1))
    kinds = Counter(trial.question for trial, _ in one)
    assert kinds == {"identical": IDENTICAL_A_LAP, "planted": 7, "invariance": 4, "usual": 4}
    assert one == list(laps(schedule, 1))
    assert one != list(laps(schedule, 2))


def test_no_trial_is_drawn_twice_and_the_last_lap_is_cut_short() -> None:
    drawn = list(laps(AuditSchedule(IDENTICAL_A_LAP + 1, 1e9), 3))
    assert len(set(drawn)) == len(drawn)
    assert sum(trial.question == "identical" for trial, _ in drawn) == IDENTICAL_A_LAP + 1


COUNTS = """
@scenario(timed=True)
async def probe():
    global calls
    calls += 1
    return calls
"""


@workers
def test_what_cannot_be_planted_whole_is_planted_in_some_turns(tmp_path: Path) -> None:
    plain, more = arms_on(benchmark_of(tmp_path, COUNTS), "asyncio+gather", "uvloop+gather")
    arms = [plain, replace(more, planted=1)]
    played = parts(run_round(arms, RoundSettings(GRAIN // 4, 24, 0, untimed=0), FREE, "seed"))
    assert {value.unreported for value in played[0].values} == {0}
    assert {value.unreported for value in played[1].values} == {0, 1}


@pytest.mark.parametrize("trial", [None, Trial("identical"), Trial("planted", 2)], ids=str)
def test_arms_of_one_backend_are_sent_the_same_bytes(trial: Trial | None) -> None:
    """A word that was longer in the memory of one of them made identical code differ by 0.07%."""
    probe = fake_benchmark("probe", returned(1))
    planned = plan(probe, on=[ASYNCIO])
    planned = planned if trial is None else plan_of_trial(planned, trial, 0)
    state = RunState(of_records(planned))
    for backend in planned.backends:
        state.add(CaseObserved(probe.id, backend.name, twice(observation(returned(1)))))
    one, other = arms_of_round(state.of(probe))
    assert one.name != other.name
    sent_to_one, sent_to_other = (msgspec.json.encode(arm.case) for arm in (one, other))
    assert sent_to_one == sent_to_other


@workers
def test_a_planted_difference_is_iterations_that_are_run_and_not_reported(tmp_path: Path) -> None:
    plain, more = arms_on(benchmark_of(tmp_path, COUNTS), "asyncio+gather", "uvloop+gather")
    arms = [plain, replace(more, planted=2)]
    played = parts(run_round(arms, RoundSettings(GRAIN, 4, 0, untimed=0), FREE, "seed"))
    for part, ran in zip(played, (GRAIN, GRAIN + 2), strict=True):
        counted = [int(value.result.text) for value in part.values if value.result]
        assert {late - early for early, late in pairwise(counted)} == {ran}
        assert {value.loops for value in part.values} == {GRAIN}


def begun(scenario: str = "order:n=1", schedule: AuditSchedule | None = None) -> RunStarted:
    wanted = RunRequest([scenario], [], [], None, 60.0, seed=1, name="audit")
    return plan_audit(wanted, schedule or AuditSchedule(1, 1e9))


@workers
@pytest.mark.parametrize("scenario", ["order", "say_after_example", "first_error"])
def test_an_audit_times_one_benchmark_that_does_not_sleep(scenario: str) -> None:
    with pytest.raises(BadInput, match="order:n=1"):
        begun(scenario)


def short_audit(schedule: AuditSchedule | None = None) -> RunState:
    """An audit of very short trials on real workers, its benchmarks observed."""
    wanted = begun(schedule=schedule)
    effort = replace(wanted.plan.effort, fixed_rounds=2, turns=2, value_seconds=0.001)
    tally = RunState(replace(wanted, plan=replace(wanted.plan, effort=effort)))
    for entry in check(tally):
        tally.add(entry)
    return tally


@workers
@pytest.mark.long
def test_every_question_is_answered_by_real_workers_and_reported() -> None:
    tally = short_audit()
    wanted = {"identical", "planted", "invariance", "usual"}
    for entry in conduct(tally):
        assert isinstance(entry, BenchmarkCalibrated | TrialResult)
        tally.add(entry)
    assert {tried.trial.question for tried in tally.trials} == wanted
    assert all(tried.comparisons and tried.seconds > 0 for tried in tally.trials)
    by_question = {tried.trial.question: tried for tried in tally.trials}
    assert [one.backend for one in by_question["identical"].comparisons] == [f"asyncio{SUFFIX}+gather"]
    assert {one.backend for one in by_question["invariance"].comparisons} == {"uvloop+gather", "trio+nursery"}
    text = render(tally.record(), Format.MARKDOWN)
    assert "## Planted differences" in text
    assert "A planted difference of 1.0% was found in" in text


@workers
@pytest.mark.long
def test_an_audit_goes_on_where_it_was_ended() -> None:
    tally = short_audit()
    audit = conduct(tally)
    tally.add(next(audit))
    tally.add(next(audit))
    audit.close()
    (first,) = tally.trials
    again = next(conduct(tally))
    assert isinstance(again, TrialResult)
    assert (again.trial, again.number) != (first.trial, first.number)


@workers
@pytest.mark.long
def test_an_audit_ends_after_its_seconds() -> None:
    tally = short_audit(AuditSchedule(1, 0.001))
    for entry in conduct(tally):
        tally.add(entry)
    assert len(tally.trials) == 1


@workers
def test_a_scenario_too_long_for_an_audit_is_dropped_with_what_to_do(tmp_path: Path) -> None:
    text = "@scenario()\nasync def probe():\n    sum(range(100_000))\n"
    wanted = begun(benchmark_of(tmp_path, text).module)
    tally = RunState(wanted)
    for entry in check(tally):
        tally.add(entry)
    (dropped,) = conduct(tally)
    assert isinstance(dropped, ArmDropped)
    assert "name a benchmark whose iterations take at most 0.5 ms" in dropped.failure.reason
    assert dropped.verdict == "could not measure"


@workers
def test_the_usual_procedure_is_pyperfs_own_from_its_processes_to_its_verdict() -> None:
    case = arms_on(begun().plan.benchmarks[0], "asyncio+gather")[0].case
    usual = usual_procedure(case, 2, None)
    assert usual.ratio.low is not None
    assert usual.ratio.high is not None
    assert usual.ratio.low < usual.ratio.value < usual.ratio.high
    assert usual.seconds > usual.typical > 0


@workers
def test_a_command_of_pyperf_that_fails_is_told_by_its_last_line() -> None:
    row = Benchmark("nothing", "user", "no_such_module", "", "mine.py:1")
    case = arms_on(row, "asyncio+gather")[0].case
    with pytest.raises(SequentialFailed, match=r"no_such_module|failed"):
        usual_procedure(case, 2, None)


def test_a_third_of_identical_code_asks_for_a_narrow_interval() -> None:
    drawn = [trial for trial, _ in laps(AuditSchedule(IDENTICAL_A_LAP, 1e9), 1)]
    asked = Counter(trial.precision for trial in drawn if trial.question == "identical")
    assert asked == {None: 26, 0.005: 14}


def test_the_kinds_of_trials_say_what_they_are() -> None:
    said = [str(trial) for trial in (Trial("identical"), Trial("planted", 1), USUAL)]
    assert said == ["identical", "planted 0.5%", "usual"]
    assert str(Trial("invariance", loops=0.5)) == "loops × 0.5, turns × 1"
