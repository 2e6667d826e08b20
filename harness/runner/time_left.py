"""How much longer a run takes: at most, by its budgets, before a benchmark is finished; then by its pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.analysis.passes.contract import BUDGET
from harness.analysis.passes.table import requested_passes
from harness.records.entries import RoundMeasured
from harness.runner.benchmark_state import BenchmarkState
from harness.runner.state import RunState

ARM_SECONDS = 0.25
"""The seconds of a round that one arm takes on a machine as fast as most: a start, and eight short values."""

USUAL_SHARE = 0.65
"""The share of its budget that a benchmark usually takes: 39 of 60 s in the published tutorial record."""

SLOW = 1.5
"""How many times longer than assumed a round may take before it is said that the machine is slow."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The seconds that are left of a run; a bound where nothing but budgets is known."""

    seconds: float
    is_bound: bool

    def __str__(self) -> str:
        """Return the time left in minutes and seconds: "at most 4:10 left"."""
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{'at most' if self.is_bound else 'about'} {minutes}:{seconds:02d} left"


def own_benchmarks(state: RunState) -> list[BenchmarkState]:
    """Return the benchmarks that have rounds of their own: a twin takes part in those of its host."""
    return [benchmark for benchmark in state.timed if benchmark.host is None]


def time_left(state: RunState, finished: Sequence[float], elapsed: float = 0.0) -> TimeLeft:
    """Return how long the timing still takes.

    `finished` are the seconds that each benchmark took which was finished so far, with its calibration and
    passes; `elapsed` are those of the one under way.
    """
    unfinished = [benchmark for benchmark in own_benchmarks(state) if benchmark.stop_reason is None]
    budgets = [_budget(state, benchmark) for benchmark in unfinished]
    if not finished or not unfinished:
        return TimeLeft(sum(budgets), is_bound=True)
    usual = _usual_seconds(state, finished)
    now, *later = (
        min(usual, budget + _spent(benchmark)) for benchmark, budget in zip(unfinished, budgets, strict=True)
    )
    return TimeLeft(max(now - elapsed, 0.0) + sum(later), is_bound=False)


def _usual_seconds(state: RunState, finished: Sequence[float]) -> float:
    """Return what a benchmark is expected to take: by those finished, and as one more, by the usual share.

    A single benchmark may take from a third of its budget to all of it, and so says little of the others.
    """
    if state.plan.effort.fixed_rounds is not None:
        return fmean(finished)
    budgets = [state.plan.seconds_of(benchmark.benchmark) for benchmark in own_benchmarks(state)]
    return fmean([*finished, USUAL_SHARE * fmean(budgets)])


def _budget(state: RunState, benchmark: BenchmarkState) -> float:
    """Return the most seconds that a benchmark still takes by its budgets, passes included."""
    effort = state.plan.effort
    if effort.fixed_rounds is not None:
        arms = len(benchmark.backends) + 1
        rounds = (effort.fixed_rounds - len(benchmark.rounds)) * arms * ARM_SECONDS
    else:
        rounds = max(0.0, state.plan.seconds_of(benchmark.benchmark) - _spent(benchmark))
    return rounds + len(requested_passes(state.plan, benchmark.benchmark)) * BUDGET


def _spent(benchmark: BenchmarkState) -> float:
    return sum(measured.seconds for measured in benchmark.rounds)


def slowness(measured: Sequence[RoundMeasured]) -> float | None:
    """Return how many times longer than assumed these rounds took; None where that is not much."""
    if not measured:
        return None
    times = fmean(one_round.seconds / (len(one_round.arms) * ARM_SECONDS) for one_round in measured)
    return times if times > SLOW else None
