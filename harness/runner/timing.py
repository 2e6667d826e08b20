"""Times the benchmarks of a plan, and yields each result as an entry of the journal as it comes."""

from collections.abc import Collection, Generator
from dataclasses import dataclass, replace
from time import perf_counter

from harness.analysis.passes.contract import Method, Pass
from harness.backends.backend import Backend
from harness.execution.affinity import avoiding, choose_cpus, choose_others
from harness.execution.arms import Arm, RoundContext
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.environments import interpreter_for
from harness.execution.machine import load, now
from harness.execution.observing import case_spec
from harness.execution.quota import cpu_stops
from harness.execution.rounds import run_round
from harness.execution.services import open_service_arms
from harness.protocol.benchmarks import SCALE, Benchmark
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
)
from harness.records.pace import ONE_AT_A_TIME, SELF_TEST_ARM, ArmFailure, RoundSettings
from harness.records.plan import WARMUPS
from harness.records.stop_reason import StopReason
from harness.runner.benchmark_state import BenchmarkState
from harness.runner.broken_promises import unexpected_loop, unexpected_result
from harness.runner.counting import counted_rounds
from harness.runner.state import RunState
from harness.runner.stopping import why_stop

SERVICE_SECONDS = 0.05
"""The fewest seconds that a service's value takes on the baseline.

At a batch's beginning and end not all connections are busy: of fifty milliseconds that is little.
"""

Entries = Generator[Entry, None, None]
"""Results as they come; the caller journals each and adds it to the state before it asks for the next."""


def time(run: RunState, benchmarks: Collection[str] | None = None) -> Entries:
    """Time every benchmark that may be timed and is not finished. The caller adds each entry to the state.

    Twins come last: whether one is timed in its host's rounds is known when those are over. `benchmarks` are
    the ids of those that are timed: all of the run's if left out.
    """
    for state in run.timed:
        if benchmarks is not None and state.benchmark.id not in benchmarks:
            continue
        if state.stop_reason is None and state.measured_in() is None:
            context = _context(state, choose_cpus(state.benchmark.cpus), run.plan.timeout_of(state.benchmark))
            with avoiding(context.cpus):
                reason = yield from _ordinary_rounds(state, context)
            for planned in state.passes():
                yield from _rounds_of(state, planned)
            yield BenchmarkFinished(state.benchmark.id, reason)


def _rounds_of(state: BenchmarkState, planned: Pass) -> Entries:
    """Take the rounds of a pass: those in which instructions are counted are no race against a clock."""
    match planned.method:
        case Method.COUNTED:
            yield from counted_rounds(state, planned, arms_of(state))
        case Method.TIMED:
            yield from rounds_of_pass(state, planned)


def close(run: RunState) -> Entries:
    """Yield the run's last entry, once."""
    if run.finished is None:
        yield RunFinished(now(), load(), cpu_stops())


def _context(state: BenchmarkState, cpus: frozenset[int] | None, timeout: float) -> RoundContext:
    """Return what the rounds share; a service's have a driver too, on the CPUs that are left."""
    if not state.benchmark.is_service:
        return RoundContext(cpus, timeout)
    return RoundContext(cpus, timeout, choose_others(cpus), open_service_arms)


def _ordinary_rounds(state: BenchmarkState, context: RoundContext) -> Generator[Entry, None, StopReason]:
    """Take the benchmark's ordinary rounds, and return why there are no more."""
    while (reason := why_stop(state)) is None:
        if (settings := state.settings) is None:
            yield calibrated(state, context)
            continue
        number = _RoundNumber(state.benchmark.id, len(state.rounds))
        yield _measure_round(state, arms_of_round(state), settings, context, number)
    return reason


def rounds_of_pass(state: BenchmarkState, planned: Pass) -> Entries:
    """Take the rounds of a pass that are not yet journaled; none where there are too few CPUs to pin to."""
    cpus, settings = choose_cpus(planned.cpus or state.benchmark.cpus), state.settings
    if settings is None or (planned.cpus is not None and (cpus is None or len(cpus) < planned.cpus)):
        return
    context = _context(state, cpus, planned.patience(state.plan.timeout_of(state.benchmark)))
    with avoiding(cpus):
        while (arms := arms_of(state)) and not state.is_over(planned):
            number = _RoundNumber(
                f"{state.benchmark.id}/{planned.name}", len(state.pass_rounds(planned.name))
            )
            measured = _measure_round(state, arms, planned.pace(settings), context, number)
            yield (
                PassRoundMeasured(planned.name, measured) if isinstance(measured, RoundMeasured) else measured
            )


def arms_of(state: BenchmarkState) -> tuple[Arm, ...]:
    """Return one arm for each backend of the benchmark that has a number."""
    backends = {backend.name: backend for backend in state.plan.backends}
    return tuple(_arm(name, state.benchmark, backends[name]) for name in state.timed_backends())


def arms_of_round(state: BenchmarkState) -> tuple[Arm, ...]:
    """Return the arms of an ordinary round: those of the backends, of the self-test, and of the twins."""
    plan, arms = state.plan, arms_of(state)
    if plan.planted is not None:
        return tuple(arm if arm.name == plan.baseline else replace(arm, planted=plan.planted) for arm in arms)
    self_test = [replace(arm, name=SELF_TEST_ARM) for arm in arms if arm.name == plan.baseline]
    twins = (_arm(arm.name, arm.twin, arm.backend) for arm in state.timed_twin_arms())
    return (*arms, *self_test, *twins)


def _arm(name: str, benchmark: Benchmark, backend: Backend) -> Arm:
    interpreter = interpreter_for(backend)
    return Arm(name, case_spec(benchmark, backend), interpreter.python, interpreter.variables)


def calibrated(state: BenchmarkState, context: RoundContext) -> BenchmarkCalibrated | ArmDropped:
    """Calibrate a benchmark, all of whose workers live at once; one tagged "scale" is not calibrated."""
    benchmark, effort = state.benchmark, state.plan.effort
    if SCALE in benchmark.tags:
        return BenchmarkCalibrated(benchmark.id, ONE_AT_A_TIME)
    seconds = max(SERVICE_SECONDS, effort.value_seconds) if benchmark.is_service else effort.value_seconds
    calibration = calibrate(arms_of(state), context, seconds)
    if isinstance(calibration, ArmFailure):
        return drop_arm(state, calibration)
    settings = choose_pace(calibration, effort.turns, WARMUPS)
    if benchmark.ideal is not None or benchmark.is_service:
        # how late a sleep ends is what is measured, and no quiet lap has it; a service is not asked in laps
        settings = replace(settings, laps=1)
    if benchmark.is_service:
        settings = replace(settings, capacity=1 / calibration.slowest)
    return BenchmarkCalibrated(benchmark.id, settings)


@dataclass(frozen=True, slots=True)
class _RoundNumber:
    """The series that a round belongs to, and its number there: both seed the orders of its turns."""

    series: str
    number: int

    def seed(self, run_seed: int) -> str:
        return f"{run_seed}/{self.series}/{self.number}"


def _measure_round(
    state: BenchmarkState,
    arms: tuple[Arm, ...],
    settings: RoundSettings,
    context: RoundContext,
    which: _RoundNumber,
) -> RoundMeasured | ArmDropped:
    """Take one round; it is void, and its arm dropped, if a worker failed or broke the promise."""
    start = perf_counter()
    parts = run_round(arms, settings, context, which.seed(state.plan.seed))
    if isinstance(parts, ArmFailure):
        return drop_arm(state, parts)
    for part in parts:
        if why := unexpected_loop(state, part):
            return drop_arm(state, ArmFailure(part.arm, why, unmeasured=True))
        if (result := unexpected_result(state, part)) is not None:
            failure = ArmFailure(part.arm, f"when timed it returned {result}")
            return drop_arm(state, failure, unstable=True)
    seconds = round(perf_counter() - start, 3)
    journaled = tuple(part.without_results() for part in parts)
    return RoundMeasured(state.benchmark.id, which.number, seconds, journaled)


def drop_arm(state: BenchmarkState, failure: ArmFailure, *, unstable: bool = False) -> ArmDropped:
    """Return the entry that gives up the arm of a failure; the self-test's stands for the baseline."""
    benchmark = state.benchmark.id
    if failure.arm == SELF_TEST_ARM:
        failure = replace(failure, arm=state.plan.baseline)
    if unstable or failure.wrong:
        return ArmDropped(benchmark, failure, "unstable")
    if failure.unmeasured:
        return ArmDropped(benchmark, failure, "could not measure")
    return ArmDropped(benchmark, failure, "timed out" if failure.timed_out else "crashed")
