"""The method on trial: comparisons whose right answer is known, made by the code that a run uses.

Identical code, planted differences, the ratio at other loop counts, and the usual procedure take
turns through the whole audit, so that the machine's drift meets them all.
"""

import math
import random
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from statistics import mean
from time import perf_counter

from harness.analysis.samples import log_ratio_of_totals
from harness.analysis.variance import variance_components
from harness.backends.backend import Backend
from harness.execution.affinity import avoiding, choose_cpus
from harness.execution.arms import RoundContext
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.observing import case_spec
from harness.records.entries import ArmDropped, BenchmarkCalibrated, CaseObserved, Entry, RoundMeasured
from harness.records.estimate import Judgement
from harness.records.pace import GRAIN, SLOWEST_VALUE, ArmFailure, RoundSettings
from harness.records.plan import WARMUPS, Plan
from harness.records.record import BenchmarkResult
from harness.records.trials import ArmComparison, AuditSchedule, Trial, TrialResult
from harness.runner import timing as run_timing
from harness.runner.benchmark_state import BenchmarkState
from harness.runner.sequential import FEWEST_PROCESSES, SequentialFailed, SequentialResult, usual_procedure
from harness.runner.state import RunState

IDENTICAL_A_LAP = 40
"""The number of comparisons of identical code for each time that everything else is tried.

Six for one planted difference: 600 of the one and 100 of the other show both error rates to the same end.
"""

NARROW_A_LAP = 14
"""How many of them ask for ±0.5%: where one look is enough, the stopping rule is not on trial."""

USUAL = Trial("usual")

_PLANTED_PRECISION, _PLANTED_BUDGET = 0.005, 30.0

WIDE, NARROW = Trial("identical"), Trial("identical", precision=_PLANTED_PRECISION)
"""Identical code, with the width that a run asks for and with that of planted differences."""

_OTHER_TRIALS = (
    *(Trial("planted", extra) for extra in (1, 2, 2, 2, 2, 4, 10)),
    *(Trial("invariance", loops=loops, turns=turns) for loops, turns in ((1, 1), (0.5, 1), (2, 1), (1, 0.5))),
    *[USUAL] * 4,
)
"""The trials of a lap besides identical code.

A difference of 1%, which people ask about, is tried more often, and so is the usual procedure, whose spread
is known from its repeats alone.
"""

_INVARIANCE_ROUNDS = 10
"""The rounds of an invariance trial: those of all laps are taken together."""

SUFFIX = "-again"
"""The ending of the loop's name when the baseline is compared with itself."""

Trials = Iterator[tuple[Trial, int]]


def conduct(run: RunState) -> Generator[Entry, None, None]:
    """Calibrate, then try what the schedule says and is not yet journaled."""
    schedule = run.run.audit
    if schedule is None:
        raise ValueError("this run is no audit")
    state = run.benchmarks[0]
    if state.settings is None:
        yield (calibrated := _calibrated(state))
        if not isinstance(calibrated, BenchmarkCalibrated):
            return
    done = {(result.trial, result.number) for result in run.trials}
    for trial, number in laps(schedule, run.plan.seed):
        if trial == USUAL and state.benchmark.set_up:
            continue  # pyperf runs a coroutine function, and knows no set-up
        if sum(result.seconds for result in run.trials) >= schedule.seconds:
            return
        if (trial, number) not in done:
            yield _usual(run, number) if trial == USUAL else _in_turns(run, trial, number)


def laps(schedule: AuditSchedule, seed: int) -> Trials:
    """Yield every trial with its number, in the order drawn for this seed."""
    shuffle = random.Random(f"{seed}/laps")
    left = schedule.trials
    numbers: dict[Trial, Iterator[int]] = {}
    while left > 0:
        identical = min(left, IDENTICAL_A_LAP)
        narrow = round(identical * NARROW_A_LAP / IDENTICAL_A_LAP)
        lap = [*[WIDE] * (identical - narrow), *[NARROW] * narrow, *_OTHER_TRIALS]
        left -= IDENTICAL_A_LAP
        shuffle.shuffle(lap)
        for trial in lap:
            yield trial, next(numbers.setdefault(trial, count()))


def _calibrated(state: BenchmarkState) -> BenchmarkCalibrated | ArmDropped:
    """Return the settings of the audit's benchmark: a loop count of whole grains, or why there is none."""
    benchmark, plan, arms = state.benchmark, state.plan, run_timing.arms_of(state)
    if plan.baseline not in {arm.name for arm in arms}:
        return ArmDropped(
            benchmark.id,
            ArmFailure(plan.baseline, "has no number, and an audit needs it"),
            "could not measure",
        )
    context = RoundContext(choose_cpus(benchmark.cpus), plan.timeout)
    with avoiding(context.cpus):
        calibration = calibrate(arms, context, plan.effort.value_seconds)
    if isinstance(calibration, ArmFailure):
        return run_timing.drop_arm(state, calibration)
    settings = choose_pace(calibration, plan.effort.turns, WARMUPS)
    if calibration.slowest * GRAIN > SLOWEST_VALUE:
        why = (
            f"an iteration takes up to {calibration.slowest * 1e3:.1f} ms, and an audit's value has {GRAIN}: "
            f"name a benchmark whose iterations take at most {SLOWEST_VALUE / GRAIN * 1e3:g} ms, "
            "such as order:n=1"
        )
        return ArmDropped(benchmark.id, ArmFailure(plan.baseline, why), "could not measure")
    return BenchmarkCalibrated(
        benchmark.id, replace(settings, loops=math.ceil(settings.loops / GRAIN) * GRAIN)
    )


def _in_turns(run: RunState, trial: Trial, number: int) -> TrialResult:
    """Make one trial by workers that take turns: a run of one benchmark in small, from plan to judgement."""
    small, start = _small_run(run, trial, number), perf_counter()
    rounds: list[RoundMeasured] = []
    failures: list[ArmFailure] = []
    for entry in run_timing.time(small):
        small.add(entry)
        match entry:
            case RoundMeasured():
                rounds.append(entry)
            case ArmDropped(_, failure):
                failures.append(failure)
    seconds = round(perf_counter() - start, 3)
    started = sum(len(measured.arms) for measured in rounds)
    result_of = partial(TrialResult, trial, number, seconds, started)
    for failure in failures:
        return result_of(f"{failure.arm}: {failure.reason}")
    state = small.benchmarks[0]
    result, turns = small.result(state.benchmark), [measured.turns for measured in rounds]
    return result_of(
        "" if result.stop_reason is None else str(result.stop_reason),
        typical=None if (timing := result.cases[0].timing) is None else timing.seconds.value,
        comparisons=tuple(_comparisons(result, rounds)),
        variance=None if trial.question == "invariance" else variance_components(turns, small.plan.baseline),
    )


def _small_run(run: RunState, trial: Trial, number: int) -> RunState:
    """Return the state of a run that has observed and calibrated, and is about to time one comparison."""
    plan, audited = _plan(run.plan, trial, number), run.benchmarks[0]
    if audited.settings is None:
        raise ValueError("a trial needs a calibrated benchmark")
    small, benchmark = RunState(replace(run.run, plan=plan)), audited.benchmark.id
    for backend in plan.backends:
        observed = audited.observed(backend.name.replace(SUFFIX, ""))
        small.add(CaseObserved(benchmark, backend.name, observed))
    small.add(BenchmarkCalibrated(benchmark, _scaled(audited.settings, trial)))
    return small


def _plan(plan: Plan, trial: Trial, number: int) -> Plan:
    base = _base(plan)
    itself = Backend(replace(base.loop, name=base.loop.name + SUFFIX), base.gatherer)
    backends: tuple[Backend, ...] = (base, itself)
    effort = plan.effort
    match trial:
        case Trial("planted") | Trial("identical", precision=float()):
            effort = replace(effort, precision=_PLANTED_PRECISION, max_seconds=_PLANTED_BUDGET)
        case Trial("invariance"):
            backends = (base, *(backend for backend in plan.backends if backend is not base))
            effort = replace(effort, fixed_rounds=_INVARIANCE_ROUNDS)
    return replace(
        plan,
        backends=backends,
        effort=effort,
        margin=0.0,
        seed=random.Random(f"{plan.seed}/{trial}/{number}").getrandbits(32),
        planted=trial.extra,
    )


def _base(plan: Plan) -> Backend:
    return next(backend for backend in plan.backends if backend.name == plan.baseline)


def _scaled(settings: RoundSettings, trial: Trial) -> RoundSettings:
    loops, turns = round(settings.loops * trial.loops), max(1, round(settings.turns * trial.turns))
    return replace(settings, loops=loops, turns=turns)


def _comparisons(result: BenchmarkResult, rounds: Sequence[RoundMeasured]) -> Iterator[ArmComparison]:
    """Yield what a run in small says of each backend against the first, and its log ratios by totals."""
    base = result.cases[0].backend
    for case in result.cases:
        timing = case.timing
        if timing is not None and timing.ratio is not None and timing.judgement is not None:
            turns = [measured.turns for measured in rounds]
            means = tuple(log_ratio_of_totals(values[case.backend], values[base]) for values in turns)
            yield ArmComparison(case.backend, timing.ratio, timing.judgement, timing.samples, means)


def _usual(run: RunState, number: int) -> TrialResult:
    """Try the usual procedure with as much machine time as a comparison of identical code takes."""
    benchmark, base, start = run.plan.benchmarks[0], _base(run.plan), perf_counter()
    processes = _as_many_processes(run.trials)
    try:
        usual = usual_procedure(case_spec(benchmark, base), processes, choose_cpus(benchmark.cpus))
    except SequentialFailed as failed:
        return TrialResult(USUAL, number, round(perf_counter() - start, 3), processes, f"pyperf: {failed}")
    return TrialResult(
        USUAL, number, round(usual.seconds, 3), processes, "as pyperf ends it", usual.typical,
        (ArmComparison(f"{base.loop.name}{SUFFIX}+{base.gatherer}", usual.ratio, _judgement(usual)),),
    )  # fmt: skip


def _judgement(usual: SequentialResult) -> Judgement:
    if not usual.significant:
        return Judgement.NO_CLEAR_DIFFERENCE
    return Judgement.LESS_TIME if usual.ratio.value < 1 else Judgement.MORE_TIME


_PROCESS_SECONDS = 1.0
"""A first guess at the seconds that a process of pyperf takes."""


def _as_many_processes(trials: Sequence[TrialResult]) -> int:
    """Return how many processes pyperf gets a side to take as long as our comparisons of identical code."""
    ours = [result.seconds for result in trials if result.trial.question == "identical"]
    theirs = [result for result in trials if result.trial.question == "usual" and result.comparisons]
    each = (
        sum(result.seconds for result in theirs) / sum(2 * result.processes for result in theirs)
        if theirs
        else _PROCESS_SECONDS
    )
    return max(FEWEST_PROCESSES, round(mean(ours) / 2 / each)) if ours else FEWEST_PROCESSES
