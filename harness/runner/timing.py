"""Runs a plan and yields each result as an entry of the journal, in the order things happen."""

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import perf_counter

from harness.analysis.variance import optimal_turns
from harness.backends.backend import Backend
from harness.execution.affinity import avoiding, choose_cpus
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.environments import interpreter_for
from harness.execution.machine import load, now
from harness.execution.observing import case_spec, observe_in_process
from harness.execution.rounds import Arm, RoundContext, run_round
from harness.protocol.benchmarks import SCALE, Benchmark
from harness.protocol.observations import ProcessObservations
from harness.records.contrast import native_arm
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
)
from harness.records.estimate import Estimate
from harness.records.pace import ONE_AT_A_TIME, PILOT_ROUNDS, SELF_TEST_ARM, ArmFailure, RoundSettings
from harness.records.plan import PROCESSES
from harness.records.verdict import Verdict
from harness.runner.passes import Pass
from harness.runner.state import RunState

Entries = Generator[Entry, None, None]
"""Results as they come; the caller journals each and adds it to the tally before it asks for the next."""


def check(tally: RunState) -> Entries:
    """Observe every case that the tally has not seen, as many processes at a time as there are CPUs.

    Two at most: more would only make sleeping stories late.
    """
    plan = tally.plan
    todo = [case for case in plan.cases() if (case[0].id, case[1].name) not in tally.sightings]
    stop = Event()
    with ThreadPoolExecutor(min(PROCESSES, os.cpu_count() or 1)) as pool:

        def observed(row: Benchmark, backend: Backend) -> list[Future[ProcessObservations]]:
            times = range(PROCESSES)
            if (why := tally.begun.machine.of(backend.name).unavailable) is not None:
                return [pool.submit(ProcessObservations, unavailable=why) for _ in times]
            return [pool.submit(observe_in_process, row, backend, plan.timeout_of(row), stop) for _ in times]

        waiting = deque((row, backend, observed(row, backend)) for row, backend in todo)
        try:
            while waiting:
                row, backend, looks = waiting.popleft()
                yield CaseObserved(row.id, backend.name, tuple(look.result() for look in looks))
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def time(tally: RunState) -> Entries:
    """Time every row that may be timed and is not finished. The caller adds each entry to the tally.

    A native row is timed in the rounds of the row that it tells again, if that one is in the plan and keeps a
    number; which is known when it is over, so native rows come last.
    """
    for row in sorted(tally.plan.timed_rows, key=lambda row: tally.plan.twin_of(row) is not None):
        if row.id not in tally.finished and tally.measured_in(row) is None:
            stage = RoundContext(choose_cpus(row.cpus), tally.plan.timeout_of(row))
            with avoiding(stage.cpus):
                because = yield from _time_row(tally, row, stage)
            for one in tally.passes(row):
                yield from _pass(tally, row, one)
            yield BenchmarkFinished(row.id, because)


def close(tally: RunState) -> Entries:
    """The run's last entry, once."""
    if tally.closed is None:
        yield RunFinished(now(), load())


def _time_row(tally: RunState, row: Benchmark, stage: RoundContext) -> Generator[Entry, None, str]:
    """The row's ordinary rounds; gives why there are no more."""
    while (because := _why_stop(tally, row)) is None:
        if row.id not in tally.paces:
            yield from _calibrated(tally, row, arms_of(tally, row), stage)
            continue
        if 0 < tally.paces[row.id].pilot_rounds <= len(tally.rounds[row.id]):
            yield BenchmarkCalibrated(row.id, _after_pilot(tally, row))
        number = len(tally.rounds[row.id])
        yield _play(tally, row, _arms(tally, row), tally.paces[row.id], stage, (row.id, number))
    return because


def _pass(tally: RunState, row: Benchmark, one: Pass) -> Entries:
    """The rounds of a pass that are not yet journaled; none on two CPUs where there are no two to pin to."""
    cpus = choose_cpus(one.cpus or row.cpus)
    if one.cpus is not None and (cpus is None or len(cpus) < one.cpus):
        return
    stage, taken = (
        RoundContext(cpus, one.patience(tally.plan.timeout_of(row))),
        tally.beside[row.id, one.name],
    )
    with avoiding(cpus):
        while (arms := arms_of(tally, row)) and not one.is_over(len(taken), _seconds(taken)):
            pace = one.pace(tally.paces[row.id])
            played = _play(tally, row, arms, pace, stage, (f"{row.id}/{one.name}", len(taken)))
            yield PassRoundMeasured(one.name, played) if isinstance(played, RoundMeasured) else played


def _arms(tally: RunState, row: Benchmark) -> tuple[Arm, ...]:
    """One arm per backend with a number, the baseline's second entry, and the story told natively."""
    plan = tally.plan
    arms = arms_of(tally, row)
    if plan.planted is not None:
        return tuple(arm if arm.name == plan.baseline else replace(arm, planted=plan.planted) for arm in arms)
    again = [replace(arm, name=SELF_TEST_ARM) for arm in arms if arm.name == plan.baseline]
    natives = (_arm(native_arm(backend), twin, backend) for twin, backend in tally.timed_natives(row))
    return (*arms, *again, *natives)


def arms_of(tally: RunState, row: Benchmark) -> tuple[Arm, ...]:
    """One arm for each backend of the row that has a number."""
    backends = {backend.name: backend for backend in tally.plan.backends}
    return tuple(_arm(name, row, backends[name]) for name in tally.timed_backends(row))


def _arm(name: str, row: Benchmark, backend: Backend) -> Arm:
    return Arm(name, case_spec(row, backend), interpreter_for(backend).python)


def _calibrated(tally: RunState, row: Benchmark, arms: tuple[Arm, ...], stage: RoundContext) -> Entries:
    """The row's pace; one tagged "scale" has it already, for a calibration's workers all live at once."""
    if SCALE in row.tags:
        yield BenchmarkCalibrated(row.id, ONE_AT_A_TIME)
        return
    effort = tally.plan.effort
    calibration = calibrate(arms, stage, effort.value_seconds)
    if isinstance(calibration, ArmFailure):
        yield drop_arm(tally, row, calibration)
    else:
        pilot = PILOT_ROUNDS if effort.fixed_rounds is None and row.ideal is None else 0
        yield BenchmarkCalibrated(row.id, choose_pace(calibration, effort.turns, effort.warmups, pilot))


def _after_pilot(tally: RunState, row: Benchmark) -> RoundSettings:
    """The row's pace with the turns that its first rounds show to be worth their time.

    No more than let the rounds that it takes anyway end within its budget.
    """
    plan, rounds, pace = tally.plan, tally.row_rounds(row), replace(tally.paces[row.id], pilot_rounds=0)
    if (spread := rounds.variance_components()) is None:
        return pace
    price, fewest = rounds.round_cost(), plan.rounds_before_first_look
    turns = optimal_turns(spread, price, plan.effort.precision, plan.level, fewest)
    return replace(pace, turns=min(turns, price.turns_within(plan.effort.max_seconds / fewest)))


def _play(
    tally: RunState,
    row: Benchmark,
    arms: tuple[Arm, ...],
    pace: RoundSettings,
    stage: RoundContext,
    which: tuple[str, int],
) -> RoundMeasured | ArmDropped:
    """One round; void, and its arm dropped, if a worker failed or returned what was not promised.

    `which` names what it is a round of, and its number there: its orders are drawn from both.
    """
    name, number = which
    about: dict[str, str | int] = {"name": name, "loops": pace.loops, "loopcmp_round": number}
    start = perf_counter()
    played = run_round(arms, pace, stage, f"{tally.plan.seed}/{name}/{number}", about)
    if isinstance(played, ArmFailure):
        return drop_arm(tally, row, played)
    for part in played:
        if (wrong := tally.unexpected_result(row, part)) is not None:
            return drop_arm(
                tally, row, ArmFailure(part.arm, f"when timed it returned {wrong}"), unstable=True
            )
    seconds = round(perf_counter() - start, 3)
    return RoundMeasured(row.id, number, seconds, tuple(part.without_results() for part in played))


def drop_arm(tally: RunState, row: Benchmark, fault: ArmFailure, *, unstable: bool = False) -> ArmDropped:
    """The arm of a fault, given up; the baseline's second entry stands for the baseline."""
    arm = tally.plan.baseline if fault.arm == SELF_TEST_ARM else fault.arm
    fault = replace(fault, arm=arm)
    if unstable:
        return ArmDropped(row.id, fault, "unstable")
    if fault.unmeasured:
        return ArmDropped(row.id, fault, "could not measure")
    return ArmDropped(row.id, fault, "timed out" if fault.timed_out else "crashed")


def _why_stop(tally: RunState, row: Benchmark) -> str | None:
    """Why a row needs no more rounds; None if it does. By precision, never by significance."""
    if not tally.timed_backends(row):
        return _why_none_is_timed(tally, row)
    effort = tally.plan.effort
    taken = len(tally.rounds[row.id])
    if effort.fixed_rounds is not None:
        return f"{taken} rounds, as --{effort.name} asks" if taken >= effort.fixed_rounds else None
    over = _over(tally, row) if taken >= tally.plan.rounds_for_an_interval or _alone(tally, row) else None
    since = taken - tally.plan.rounds_before_first_look
    if since < 0 or since % effort.step:
        return over
    return _narrow_enough(tally, row) or over


def _why_none_is_timed(tally: RunState, row: Benchmark) -> str:
    """Why no backend is timed: where none that is there could be measured, what prevented that."""
    findings = [tally.finding(row, backend.name) for backend in tally.plan.backends_of(row)]
    tried = [finding for finding in findings if finding.kind is not Verdict.UNAVAILABLE]
    if tried and all(finding.kind is Verdict.COULD_NOT_MEASURE for finding in tried):
        return "; ".join(dict.fromkeys(finding.reason for finding in tried))
    return "no case of this row has a number"


def _narrow_enough(tally: RunState, row: Benchmark) -> str | None:
    """Whether every interval of the row is as narrow as asked; without a baseline there is none."""
    precision = tally.plan.effort.precision
    ratios = tally.row_rounds(row).ratios().values()
    if not ratios:
        return "there is no other number to take a ratio of"
    narrow = all(_narrow(ratio, row, precision) for ratio in ratios)
    return f"every interval is within ±{precision:.1%}" if narrow else None


def _over(tally: RunState, row: Benchmark) -> str | None:
    """Whether the row's time is over, rounds of an earlier part of a resumed run included."""
    budget = tally.plan.effort.max_seconds
    return f"{budget:g} s are over" if _seconds(tally.rounds[row.id]) >= budget else None


def _seconds(rounds: Iterable[RoundMeasured]) -> float:
    return sum(played.seconds for played in rounds)


def _alone(tally: RunState, row: Benchmark) -> bool:
    """Whether the row's iterations are so long that its budget may end it with too few rounds."""
    pace = tally.paces.get(row.id)
    return pace is not None and pace.one_at_a_time


def _narrow(ratio: Estimate, row: Benchmark, precision: float) -> bool:
    """Whether an interval is as narrow as asked: of a log ratio, or of µs against the ideal."""
    return ratio.half_width <= precision * (1 if row.ideal is None else row.ideal * 1e6)
