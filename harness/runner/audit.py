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
from harness.execution.calibration import SLOWEST_VALUE, calibrate, choose_pace
from harness.execution.observing import case_spec
from harness.execution.rounds import RoundContext
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import ArmDropped, BenchmarkCalibrated, CaseObserved, Entry, RoundMeasured
from harness.records.estimate import Judgement
from harness.records.pace import GRAIN, PILOT_ROUNDS, ArmFailure, RoundSettings
from harness.records.plan import Plan
from harness.records.record import BenchmarkResult
from harness.records.trials import ArmComparison, AuditSchedule, Trial, TrialResult
from harness.runner import timing as run_timing
from harness.runner.sequential import FEWEST_PROCESSES, SequentialFailed, SequentialResult, usual_procedure
from harness.runner.state import RunState

IDENTICAL_A_LAP = 50
"""Comparisons of identical code for each time that everything else is tried."""

USUAL = Trial("usual")

_BESIDE = (
    *(Trial("planted", extra) for extra in (1, 2, 2, 2, 2, 4, 10)),
    *(Trial("invariance", loops=loops, turns=turns) for loops, turns in ((1, 1), (0.5, 1), (2, 1), (1, 0.5))),
    *[USUAL] * 4,
)
"""What a lap tries beside identical code: more often a difference of 1%, which people ask about, and the
usual procedure, whose spread is known from its repeats alone."""

_INVARIANCE_ROUNDS = 10
"""Rounds of an invariance trial: those of all laps are taken together."""

_PLANTED_PRECISION, _PLANTED_BUDGET = 0.005, 30.0

SUFFIX = "-again"
"""What the baseline's loop is called when it is compared with itself."""

Trials = Iterator[tuple[Trial, int]]


def conduct(tally: RunState) -> Generator[Entry, None, None]:
    """Calibrate, then try what the schedule says and is not yet journaled."""
    schedule = tally.begun.audit
    if schedule is None:
        raise ValueError("this run is no audit")
    row = tally.plan.benchmarks[0]
    if row.id not in tally.paces:
        yield (paced := _paced(tally, row))
        if not isinstance(paced, BenchmarkCalibrated):
            return
    done = {(tried.trial, tried.number) for tried in tally.tried}
    for trial, number in laps(schedule, tally.plan.seed):
        if sum(tried.seconds for tried in tally.tried) >= schedule.seconds:
            return
        if (trial, number) not in done:
            yield _usual(tally, row, number) if trial == USUAL else _in_turns(tally, row, trial, number)


def laps(schedule: AuditSchedule, seed: int) -> Trials:
    """Every trial with its number, in the order drawn for this seed."""
    shuffle = random.Random(f"{seed}/laps")
    left = schedule.trials
    numbers: dict[Trial, Iterator[int]] = {}
    while left > 0:
        lap = [*[Trial("identical")] * min(left, IDENTICAL_A_LAP), *_BESIDE]
        left -= IDENTICAL_A_LAP
        shuffle.shuffle(lap)
        for trial in lap:
            yield trial, next(numbers.setdefault(trial, count()))


def _paced(tally: RunState, row: Benchmark) -> BenchmarkCalibrated | ArmDropped:
    """The pace of the audit's row: a loop count of whole grains, or why it cannot be had."""
    effort = tally.plan.effort
    arms = run_timing.arms_of(tally, row)
    if tally.plan.baseline not in {arm.name for arm in arms}:
        return ArmDropped(
            row.id, ArmFailure(tally.plan.baseline, "has no number, and an audit needs it"), "unstable"
        )
    stage = RoundContext(choose_cpus(row.cpus), tally.plan.timeout)
    with avoiding(stage.cpus):
        calibration = calibrate(arms, stage, effort.value_seconds)
    if isinstance(calibration, ArmFailure):
        return run_timing.drop_arm(tally, row, calibration)
    pace = choose_pace(calibration, effort.turns, effort.warmups, PILOT_ROUNDS)
    if calibration.slowest * GRAIN > SLOWEST_VALUE:
        why = (
            f"an iteration takes up to {calibration.slowest * 1e3:.1f} ms, and an audit's value has {GRAIN}: "
            f"name a row whose iterations take at most {SLOWEST_VALUE / GRAIN * 1e3:g} ms, such as order:n=1"
        )
        return ArmDropped(row.id, ArmFailure(tally.plan.baseline, why), "unstable")
    return BenchmarkCalibrated(row.id, replace(pace, loops=math.ceil(pace.loops / GRAIN) * GRAIN))


def _in_turns(tally: RunState, row: Benchmark, trial: Trial, number: int) -> TrialResult:
    """One trial by workers that take turns: a run of one row in small, from plan to judgement."""
    small = _small(tally, row, trial, number)
    begun = perf_counter()
    played: list[RoundMeasured] = []
    for entry in run_timing.time(small):
        small.add(entry)
        if isinstance(entry, RoundMeasured):
            played.append(entry)
    seconds = perf_counter() - begun
    started = sum(len(one.arms) for one in played)
    tried = partial(TrialResult, trial, number, round(seconds, 3), started)
    for dropped in small.dropped.values():
        return tried(f"{dropped.failure.arm}: {dropped.failure.reason}")
    line, turns = small.line(row), [one.turns for one in played]
    return tried(
        small.finished[row.id],
        typical=None if (base := line.cases[0].timing) is None else base.seconds.value,
        comparisons=tuple(_compared(line, played)),
        variance=None if trial.question == "invariance" else variance_components(turns, small.plan.baseline),
    )


def _small(tally: RunState, row: Benchmark, trial: Trial, number: int) -> RunState:
    """The state of a run that has observed and calibrated, and is about to time one comparison."""
    plan = _plan(tally.plan, trial, number)
    small = RunState(replace(tally.begun, plan=plan))
    for backend in plan.backends:
        seen = tally.sightings[row.id, backend.name.replace(SUFFIX, "")]
        small.add(CaseObserved(row.id, backend.name, seen))
    small.add(BenchmarkCalibrated(row.id, _scaled(tally.paces[row.id], trial)))
    return small


def _plan(plan: Plan, trial: Trial, number: int) -> Plan:
    base = _base(plan)
    again = Backend(replace(base.loop, name=base.loop.name + SUFFIX), base.gatherer)
    backends: tuple[Backend, ...] = (base, again)
    effort = plan.effort
    match trial.question:
        case "planted":
            effort = replace(effort, precision=_PLANTED_PRECISION, max_seconds=_PLANTED_BUDGET)
        case "invariance":
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


def _scaled(pace: RoundSettings, trial: Trial) -> RoundSettings:
    loops, turns = round(pace.loops * trial.loops), max(1, round(pace.turns * trial.turns))
    return replace(
        pace,
        loops=loops,
        turns=turns,
        pilot_rounds=0 if trial.question == "invariance" else pace.pilot_rounds,
    )


def _compared(line: BenchmarkResult, played: Sequence[RoundMeasured]) -> Iterator[ArmComparison]:
    """What the run in small says of each backend against the first, and its log ratios by totals."""
    base = line.cases[0].backend
    for cell in line.cases:
        timing = cell.timing
        if timing is not None and timing.ratio is not None and timing.judgement is not None:
            means = tuple(log_ratio_of_totals(one.turns[cell.backend], one.turns[base]) for one in played)
            yield ArmComparison(cell.backend, timing.ratio, timing.judgement, timing.samples, means)


def _usual(tally: RunState, row: Benchmark, number: int) -> TrialResult:
    """The usual procedure with as much machine time as a comparison of identical code takes."""
    base, begun = _base(tally.plan), perf_counter()
    processes = _as_many_processes(tally)
    try:
        usual = usual_procedure(case_spec(row, base), processes, choose_cpus(row.cpus))
    except SequentialFailed as failed:
        return TrialResult(USUAL, number, round(perf_counter() - begun, 3), processes, f"pyperf: {failed}")
    return TrialResult(
        USUAL, number, round(usual.seconds, 3), processes, "as pyperf ends it", usual.typical,
        (ArmComparison(f"{base.loop.name}{SUFFIX}+{base.gatherer}", usual.ratio, _judgement(usual)),),
    )  # fmt: skip


def _judgement(usual: SequentialResult) -> Judgement:
    if not usual.significant:
        return Judgement.NOT_RESOLVED
    return Judgement.FASTER if usual.ratio.value < 1 else Judgement.SLOWER


_PROCESS_SECONDS = 1.0
"""A first guess at what a process of pyperf takes."""


def _as_many_processes(tally: RunState) -> int:
    """Processes of pyperf a side, so that both sides take as long as our comparisons of identical code."""
    ours = [tried.seconds for tried in tally.tried if tried.trial.question == "identical"]
    theirs = [tried for tried in tally.tried if tried.trial.question == "usual" and tried.comparisons]
    each = (
        sum(tried.seconds for tried in theirs) / sum(2 * tried.processes for tried in theirs)
        if theirs
        else _PROCESS_SECONDS
    )
    return max(FEWEST_PROCESSES, round(mean(ours) / 2 / each)) if ours else FEWEST_PROCESSES
