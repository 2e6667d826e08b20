"""The progress of a run on stderr: a live display on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from harness.records.counting import counted
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
)
from harness.records.stop_reason import StopReason
from harness.records.trials import TrialResult
from harness.report.answer.of_benchmark import narrowing_words, result_words
from harness.report.backend_names import shown_names
from harness.report.formatting import count_benchmarks, format_ratio
from harness.runner.state import RunState
from harness.runner.time_left import own_benchmarks, slowness, time_left

_CASE_SECONDS = 0.25
"""A first guess at the seconds that observing a case takes on two CPUs."""


class Progress:
    """Shows each entry as it comes, and at the start how much is left to do.

    In a run that goes on, what was done before counts as done.
    """

    def __init__(self, state: RunState, *, shown: bool, timed: bool) -> None:
        self._state = state
        self._shown = shown
        self._timed = timed
        self._console = Console(file=sys.stderr, highlight=False)
        self._names = shown_names(backend.name for backend in state.plan.backends)
        self._seconds: list[float] = []
        """How long each benchmark took that was finished while this was shown."""
        self._since = monotonic()
        """When the benchmark under way was begun."""
        self._cases = sum(len(benchmark.backends) for benchmark in state.benchmarks)
        self._before = state.observed_cases
        self._slowness: float | None = None
        """How many times longer than usual the rounds under way take; None where that is not much."""
        self._note = ""
        """What is going on, under the bars."""
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._checking = self._bars.add_task("observing", total=self._cases, completed=self._before, left="")
        schedule = state.run.audit
        total = len(own_benchmarks(state)) if schedule is None else schedule.trials
        self._timing = self._bars.add_task("timing", total=total, visible=False, left="")
        if self._before == self._cases:
            self._switch()
        self._live = Live(
            console=self._console, get_renderable=self._display, transient=True, refresh_per_second=4
        )
        self._began = monotonic()

    @property
    def bars(self) -> tuple[Task, Task]:
        """The bar of what is observed, and that of what is timed."""
        observing, timing = self._bars.tasks
        return observing, timing

    def _display(self) -> RenderableType:
        if self._timed and self._state.run.audit is None:
            left = time_left(self._state, self._seconds, monotonic() - self._since)
            self._bars.update(self._timing, left=str(left))
        return Group(self._bars, Text(self._note, no_wrap=True, overflow="ellipsis"))

    def __enter__(self) -> Self:
        self._print(self.announcement())
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
                self._bars.update(self._timing, visible=self._timed)
            case RoundMeasured():
                self._note = self._round(entry)
            case PassRoundMeasured(name, measured):
                self._note = f"{measured.benchmark}: round {measured.number + 1} of the pass {name}"
            case ArmDropped(benchmark, failure):
                self._print(f"{benchmark} on {self._names[failure.arm]}: {failure.reason}; it has no number")
            case BenchmarkFinished(benchmark, reason):
                self._finished(benchmark, reason)
            case TrialResult():
                self._bars.update(self._timing, completed=self._done())
                self._note = self._trial(entry)

    def _done(self) -> int:
        """Count the finished benchmarks with rounds of their own; in an audit, trials of identical code."""
        if self._state.run.audit is None:
            return sum(benchmark.stop_reason is not None for benchmark in own_benchmarks(self._state))
        return sum(result.trial.question == "identical" for result in self._state.trials)

    def _switch(self) -> None:
        """Show what is timed alone, for all is observed."""
        self._bars.update(self._checking, visible=False)
        self._bars.reset(self._timing, completed=self._done(), visible=self._timed)

    def announcement(self) -> str:
        """Say how much is left to do, and roughly how long it takes."""
        state = self._state
        if (schedule := state.run.audit) is not None:
            seconds = max(0.0, schedule.seconds - sum(result.seconds for result in state.trials))
            left = schedule.trials - self._done()
            return f"{counted(left, 'comparison')} of identical code, and more: at most {seconds:.0f} s"
        parts = [self._left_to_observe(), *(self._left_to_time() if self._timed else ())]
        what = f"{count_benchmarks(len(state.benchmarks))}, {counted(self._cases, 'case')}"
        return f"{what}: {', '.join(parts)}"

    def _left_to_observe(self) -> str:
        left = self._cases - self._before
        which = f" {left} of them" if self._before else ""
        return f"observing{which} takes about {left * _CASE_SECONDS:.0f} s" if left else "all are observed"

    def _left_to_time(self) -> Iterator[str]:
        """Say how long the rounds and passes take that the benchmarks do not have yet."""
        unfinished = sum(benchmark.stop_reason is None for benchmark in own_benchmarks(self._state))
        if unfinished:
            yield f"timing {count_benchmarks(unfinished)}: {time_left(self._state, ())}"

    def _observed(self, entry: CaseObserved) -> None:
        observed = self._state.observed_cases
        self._bars.update(self._checking, completed=observed)
        self._note = f"{entry.benchmark} on {entry.backend}"
        if observed == self._cases:
            if not (
                self._timed and own_benchmarks(self._state)
            ):  # otherwise cases are observed between those that are timed
                self._print(f"observed {observed - self._before} cases in {monotonic() - self._began:.0f} s")
            self._switch()

    def _trial(self, result: TrialResult) -> str:
        """Say which trial it was, what came of it, and how many there were."""
        ratios = "  ".join(
            f"{self._names[comparison.backend]} {format_ratio(comparison.ratio)}"
            for comparison in result.comparisons
            if comparison.ratio.has_interval
        )
        return f"{len(self._state.trials)} tried, the last: {result.trial}  {ratios or result.reason}"

    def _finished(self, name: str, reason: StopReason) -> None:
        """Show a benchmark's result, and, of the first one, whether this machine is slow."""
        self._seconds.append(monotonic() - self._since)
        self._since = monotonic()
        self._bars.update(self._timing, completed=self._done())
        result = self._state.result(self._state.of(name).benchmark)
        self._print(result_words(self._state.plan, result) if result.rounds else f"{name}: {reason}")
        if len(self._seconds) == 1 and (times := self._slowness) is not None:
            self._print(f"this machine is slow or busy: rounds take {times:.1f} times as long as usual")

    def _round(self, measured: RoundMeasured) -> str:
        """Say which round it was, and each ratio as it narrows, from when it has an interval."""
        state, fixed = self._state.of(measured.benchmark), self._state.plan.effort.fixed_rounds
        self._slowness = slowness(state.rounds)
        count = f"round {len(state.rounds)}" + (f" of {fixed}" if fixed else "")
        ratios = state.samples().watched_ratios(self._state.plan.width_level)
        narrowing = narrowing_words(self._state.plan, ratios, sleeps=state.benchmark.ideal is not None)
        return f"{measured.benchmark}: {count}  {narrowing}"

    def _print(self, text: str) -> None:
        """Print a line that stays on the screen."""
        if self._shown:
            self._console.print(text, style="dim", markup=False, soft_wrap=not self._console.is_terminal)
