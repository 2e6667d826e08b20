"""The progress of a run on stderr: a live display on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
)
from harness.records.estimate import Estimate
from harness.records.trials import TrialResult
from harness.report.formatting import format_estimate
from harness.runner.passes import BUDGET, requested_passes
from harness.runner.state import RunState

_CASE_SECONDS = 0.25
"""A first guess at the seconds that observing a case takes on two CPUs."""

_ROUND_SECONDS = 1.3
"""A first guess at the seconds that a round of four arms takes."""


class Progress:
    """Shows each entry as it comes, and at the start how much is left to do.

    In a run that goes on, what was done before counts as done.
    """

    def __init__(self, state: RunState, *, shown: bool, timed: bool) -> None:
        self._state = state
        self._shown = shown
        self._timed = timed
        self._console = Console(file=sys.stderr, highlight=False)
        self._own = [benchmark for benchmark in state.timed if benchmark.host is None]
        """The benchmarks with rounds of their own: a twin takes part in those of its host."""
        self._cases = sum(1 for _ in state.plan.cases())
        self._before = state.observed_cases
        self._note = ""
        """What is going on, under the bars."""
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
        )
        self._checking = self._bars.add_task("observing", total=self._cases, completed=self._before)
        schedule = state.run.audit
        total = len(self._own) if schedule is None else schedule.trials
        self._timing = self._bars.add_task("timing", total=total, visible=False)
        if self._before == self._cases:
            self._switch()
        self._live = Live(
            console=self._console, get_renderable=self._display, transient=True, refresh_per_second=4
        )
        self._began = monotonic()

    def _display(self) -> RenderableType:
        return Group(self._bars, Text(self._note, no_wrap=True, overflow="ellipsis"))

    def __enter__(self) -> Self:
        self._print(self._announcement())
        if self._shown and self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, entry: Entry) -> None:
        """Show one entry of the journal."""
        match entry:
            case CaseObserved():
                self._observed(entry)
            case BenchmarkCalibrated(benchmark, settings):
                self._note = f"{benchmark}: {settings.loops} iterations a value"
            case RoundMeasured():
                self._note = self._round(entry)
            case PassRoundMeasured(name, measured):
                self._note = f"{measured.benchmark}: round {measured.number + 1} of the pass {name}"
            case ArmDropped(benchmark, failure):
                self._print(f"{benchmark} on {failure.arm}: {failure.reason}; it has no number")
            case BenchmarkFinished(benchmark, reason):
                self._bars.update(self._timing, completed=self._done())
                self._print(f"{benchmark}: {reason}")
            case TrialResult():
                self._bars.update(self._timing, completed=self._done())
                self._note = self._trial(entry)

    def _done(self) -> int:
        """Count the finished benchmarks with rounds of their own; in an audit, trials of identical code."""
        if self._state.run.audit is None:
            return sum(benchmark.stop_reason is not None for benchmark in self._own)
        return sum(result.trial.question == "identical" for result in self._state.trials)

    def _switch(self) -> None:
        """Show what is timed in place of what is observed, for all of that is."""
        self._bars.update(self._checking, visible=False)
        self._bars.reset(self._timing, completed=self._done(), visible=self._timed)

    def _announcement(self) -> str:
        """Say how much is left to do, and roughly how long it takes."""
        state = self._state
        if (schedule := state.run.audit) is not None:
            seconds = max(0.0, schedule.seconds - sum(result.seconds for result in state.trials))
            left = schedule.trials - self._done()
            return f"{left} comparisons of identical code, and more: at most {seconds:.0f} s"
        parts = [self._left_to_observe(), *(self._left_to_time() if self._timed else ())]
        return f"{len(state.plan.benchmarks)} benchmarks, {self._cases} cases: {', '.join(parts)}"

    def _left_to_observe(self) -> str:
        left = self._cases - self._before
        which = f" {left} of them" if self._before else ""
        return f"observing{which} takes about {left * _CASE_SECONDS:.0f} s" if left else "all are observed"

    def _left_to_time(self) -> Iterator[str]:
        """Say how long the rounds take that the benchmarks do not have yet; finished ones need no more."""
        plan, effort = self._state.plan, self._state.plan.effort
        unfinished = [benchmark for benchmark in self._own if benchmark.stop_reason is None]
        if not unfinished:
            return
        if effort.fixed_rounds is not None:
            taken = sum(len(benchmark.rounds) for benchmark in unfinished)
            rounds = len(unfinished) * effort.fixed_rounds - taken
            seconds = f"about {rounds * _ROUND_SECONDS:.0f}"
        else:
            left = (max(0.0, effort.max_seconds - _seconds(benchmark.rounds)) for benchmark in unfinished)
            seconds = f"at most {sum(left):.0f}"
        yield f"timing {len(unfinished)} of the benchmarks {seconds} s"
        if passes := sum(len(requested_passes(plan, state.benchmark)) for state in unfinished):
            yield f"{passes} passes at most {passes * BUDGET:.0f} s"

    def _observed(self, entry: CaseObserved) -> None:
        observed = self._state.observed_cases
        self._bars.update(self._checking, completed=observed)
        self._note = f"{entry.benchmark} on {entry.backend}"
        if observed == self._cases:
            self._print(f"observed {observed - self._before} cases in {monotonic() - self._began:.0f} s")
            self._switch()

    def _trial(self, result: TrialResult) -> str:
        """Say which trial it was, what came of it, and how many there were."""
        ratios = "  ".join(
            f"{comparison.backend} {_narrowing(comparison.ratio, '×')}" for comparison in result.comparisons
        )
        return f"{len(self._state.trials)} tried, the last: {result.trial}  {ratios or result.reason}"

    def _round(self, measured: RoundMeasured) -> str:
        """Say which round it was, each ratio as it narrows, and the time left at most."""
        plan = self._state.plan
        state = self._state.of(measured.benchmark)
        rounds = state.rounds
        spent = _seconds(rounds)
        sleeps = state.benchmark.ideal is not None
        ratios = "  ".join(
            f"{name} {_narrowing(ratio, ' µs') if sleeps else _narrowing(ratio.exp(), '×')}"
            for name, ratio in state.samples().ratios(plan.width_level).items()
        )
        left = (
            f"round {len(rounds)} of {plan.effort.fixed_rounds}"
            if plan.effort.fixed_rounds
            else f"round {len(rounds)}, at most {max(0, plan.effort.max_seconds - spent):.0f} s more"
        )
        return f"{measured.benchmark}: {left}  {ratios}"

    def _print(self, text: str) -> None:
        """Print a line that stays on the screen."""
        if self._shown:
            self._console.print(text, style="dim", markup=False, soft_wrap=True)


def _seconds(rounds: Iterable[RoundMeasured]) -> float:
    return sum(measured.seconds for measured in rounds)


def _narrowing(ratio: Estimate, unit: str) -> str:
    """Return a ratio in words, with its interval once there is one."""
    return f"{ratio.value:.2f}{unit}" if ratio.low is None else format_estimate(ratio, unit)
