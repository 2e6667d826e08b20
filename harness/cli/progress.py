"""What is going on, on stderr: a live display on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
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
"""A first guess at what observing a case costs, on two CPUs."""

_ROUND_SECONDS = 1.3
"""A first guess at what a round of four arms costs."""


class Progress:
    """Shows each entry as it comes, and at the start how much is left to do.

    Of a run that goes on, what was done before counts as done.
    """

    def __init__(self, tally: RunState, *, shown: bool, timed: bool) -> None:
        self._tally = tally
        self._shown = shown
        self._timed = timed
        self._console = Console(file=sys.stderr, highlight=False)
        self._own = [state for state in tally.timed if state.host is None]
        """Rows with rounds of their own: a native one takes part in those of the row that it tells again."""
        self._cases = sum(1 for _ in tally.plan.cases())
        self._before = tally.observed_cases
        self._note = ""
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
        )
        self._checking = self._bars.add_task("observing", total=self._cases, completed=self._before)
        schedule = tally.run.audit
        total = len(self._own) if schedule is None else schedule.trials
        self._timing = self._bars.add_task("timing", total=total, visible=False)
        if self._before == self._cases:
            self._switch()
        self._live = Live(
            console=self._console, get_renderable=self._drawn, transient=True, refresh_per_second=4
        )
        self._began = monotonic()

    def _drawn(self) -> RenderableType:
        return Group(self._bars, Text(self._note, no_wrap=True, overflow="ellipsis"))

    def __enter__(self) -> Self:
        self._say(self._announcement())
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
            case BenchmarkCalibrated(row, pace):
                self._tell(f"{row}: {pace.loops} iterations a value")
            case RoundMeasured():
                self._tell(self._round(entry))
            case PassRoundMeasured(beside, played):
                self._tell(f"{played.benchmark}: round {played.number + 1} of the pass {beside}")
            case ArmDropped(row, fault):
                self._say(f"{row} on {fault.arm}: {fault.reason}; it has no number")
            case BenchmarkFinished(row, because):
                self._bars.update(self._timing, completed=self._done())
                self._say(f"{row}: {because}")
            case TrialResult():
                self._bars.update(self._timing, completed=self._done())
                self._tell(self._trial(entry))

    def _done(self) -> int:
        """Rows that are finished, of those with rounds of their own; of an audit, identical code compared."""
        if self._tally.run.audit is None:
            return sum(state.stop_reason is not None for state in self._own)
        return sum(tried.trial.question == "identical" for tried in self._tally.trials)

    def _switch(self) -> None:
        """All is observed: what is timed takes the place of it."""
        self._bars.update(self._checking, visible=False)
        self._bars.reset(self._timing, completed=self._done(), visible=self._timed)

    def _announcement(self) -> str:
        """How much is left to do, and roughly how long it takes."""
        tally = self._tally
        if (schedule := tally.run.audit) is not None:
            seconds = max(0.0, schedule.seconds - sum(tried.seconds for tried in tally.trials))
            left = schedule.trials - self._done()
            return f"{left} comparisons of identical code, and more: at most {seconds:.0f} s"
        parts = [self._left_to_observe(), *(self._left_to_time() if self._timed else ())]
        return f"{len(tally.plan.benchmarks)} rows, {self._cases} cases: {', '.join(parts)}"

    def _left_to_observe(self) -> str:
        left = self._cases - self._before
        which = f" {left} of them" if self._before else ""
        return f"observing{which} takes about {left * _CASE_SECONDS:.0f} s" if left else "all are observed"

    def _left_to_time(self) -> Iterator[str]:
        """Without the rows that are finished, and of the others without the rounds that they have."""
        plan, effort = self._tally.plan, self._tally.plan.effort
        if not (rows := [state for state in self._own if state.stop_reason is None]):
            return
        taken = [state.rounds for state in rows]
        if effort.fixed_rounds is not None:
            rounds = len(rows) * effort.fixed_rounds - sum(map(len, taken))
            seconds = f"about {rounds * _ROUND_SECONDS:.0f}"
        else:
            spent = (sum(played.seconds for played in one) for one in taken)
            seconds = f"at most {sum(max(0.0, effort.max_seconds - one) for one in spent):.0f}"
        yield f"timing {len(rows)} of the rows {seconds} s"
        if passes := sum(len(requested_passes(plan, state.benchmark)) for state in rows):
            yield f"{passes} passes at most {passes * BUDGET:.0f} s"

    def _observed(self, entry: CaseObserved) -> None:
        seen = self._tally.observed_cases
        self._bars.update(self._checking, completed=seen)
        self._tell(f"{entry.benchmark} on {entry.backend}")
        if seen == self._cases:
            self._say(f"observed {seen - self._before} cases in {monotonic() - self._began:.0f} s")
            self._switch()

    def _trial(self, tried: TrialResult) -> str:
        """Which trial, what came of it, and how many there were."""
        came = "  ".join(f"{one.backend} {_narrowing(one.ratio, '×')}" for one in tried.comparisons)
        return f"{len(self._tally.trials)} tried, the last: {tried.trial}  {came or tried.reason}"

    def _round(self, played: RoundMeasured) -> str:
        """Which round, each ratio as it narrows, and the time left at most."""
        plan = self._tally.plan
        state = self._tally.of(played.benchmark)
        rounds = state.rounds
        spent = sum(one.seconds for one in rounds)
        sleeps = state.benchmark.ideal is not None
        ratios = "  ".join(
            f"{name} {_narrowing(ratio, ' µs') if sleeps else _narrowing(ratio.exp(), '×')}"
            for name, ratio in state.samples().ratios().items()
        )
        left = (
            f"round {len(rounds)} of {plan.effort.fixed_rounds}"
            if plan.effort.fixed_rounds
            else f"round {len(rounds)}, at most {max(0, plan.effort.max_seconds - spent):.0f} s more"
        )
        return f"{played.benchmark}: {left}  {ratios}"

    def _tell(self, text: str) -> None:
        """Say what is going on under the bar; the next thing takes its place."""
        self._note = text

    def _say(self, text: str) -> None:
        """Say what stays on the screen."""
        if self._shown:
            self._console.print(text, style="dim", markup=False, soft_wrap=True)


def _narrowing(ratio: Estimate, unit: str) -> str:
    """A ratio with its interval once there is one."""
    return f"{ratio.value:.2f}{unit}" if ratio.low is None else format_estimate(ratio, unit)
