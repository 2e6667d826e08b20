"""What is going on, on stderr: a live display on a terminal, plain lines elsewhere."""

import sys
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

from harness.entry import Dropped, Entry, Finished, Observed, Paced, Played, PlayedBeside
from harness.estimate import Estimate
from harness.passes import BUDGET, asked_of
from harness.table import interval
from harness.tally import Tally
from harness.trial import Tried

_CASE_SECONDS = 0.25
"""A first guess at what observing a case costs, on two CPUs."""

_ROUND_SECONDS = 1.3
"""A first guess at what a round of four arms costs."""


class Progress:
    """Shows each entry as it comes, and at the start how much there is to do."""

    def __init__(self, tally: Tally, *, shown: bool, timed: bool) -> None:
        self._tally = tally
        self._shown = shown
        self._timed = timed
        self._console = Console(file=sys.stderr, highlight=False)
        self._rows = {row.id: row for row in tally.plan.rows}
        own = [row for row in tally.plan.timed_rows if tally.plan.told(row) is None]
        self._own = len(own)
        """Rows with rounds of their own: a native one takes part in those of the row that it tells again."""
        self._passes = sum(len(asked_of(tally.plan, row)) for row in own)
        self._cases = sum(1 for _ in tally.plan.cases())
        self._note = ""
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
        )
        self._checking = self._bars.add_task("observing", total=self._cases)
        self._timing = self._bars.add_task("timing", total=self._own, visible=False)
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
            case Observed():
                self._observed(entry)
            case Paced(row, pace):
                self._tell(f"{row}: {pace.loops} iterations a value")
            case Played():
                self._tell(self._round(entry))
            case PlayedBeside(beside, played):
                self._tell(f"{played.row}: round {played.number + 1} of the pass {beside}")
            case Dropped(row, fault):
                self._say(f"{row} on {fault.arm}: {fault.because}; it has no number")
            case Finished(row, because):
                self._bars.advance(self._timing)
                self._say(f"{row}: {because}")
            case Tried():
                self._tell(self._trial(entry))

    def _announcement(self) -> str:
        """How much there is to do, and roughly how long it takes."""
        plan = self._tally.plan
        observing = f"observing takes about {self._cases * _CASE_SECONDS:.0f} s"
        timed = self._own
        if (schedule := self._tally.begun.audit) is not None:
            return (
                f"{schedule.trials} comparisons of identical code, and more: at most {schedule.seconds:.0f} s"
            )
        if not self._timed or not timed:
            return f"{len(plan.rows)} rows, {self._cases} cases: {observing}"
        rounds, budget = plan.effort.exactly, plan.effort.budget
        seconds = (
            f"about {timed * rounds * _ROUND_SECONDS:.0f}" if rounds else f"at most {timed * budget:.0f}"
        )
        passes = f", {self._passes} passes at most {self._passes * BUDGET:.0f} s" if self._passes else ""
        return (
            f"{len(plan.rows)} rows, {self._cases} cases: {observing}, "
            f"timing {timed} of the rows {seconds} s{passes}"
        )

    def _observed(self, entry: Observed) -> None:
        done = len(self._tally.sightings)
        self._bars.update(self._checking, completed=done)
        self._tell(f"{entry.row} on {entry.backend}")
        if done == self._cases:
            self._say(f"observed {done} cases in {monotonic() - self._began:.0f} s")
            self._bars.update(self._checking, visible=False)
            self._bars.reset(self._timing, visible=True)

    def _trial(self, tried: Tried) -> str:
        """Which trial, what came of it, and how many there were."""
        came = "  ".join(f"{one.backend} {_narrowing(one.ratio, '×')}" for one in tried.compared)
        return f"{len(self._tally.tried)} tried, the last: {tried.trial}  {came or tried.because}"

    def _round(self, played: Played) -> str:
        """Which round, each ratio as it narrows, and the time left at most."""
        plan = self._tally.plan
        row = self._rows[played.row]
        rounds = self._tally.rounds[played.row]
        spent = sum(one.seconds for one in rounds)
        ratios = "  ".join(
            f"{name} {_narrowing(ratio.exp(), '×') if row.ideal is None else _narrowing(ratio, ' µs')}"
            for name, ratio in self._tally.row_rounds(row).ratios().items()
        )
        left = (
            f"round {len(rounds)} of {plan.effort.exactly}"
            if plan.effort.exactly
            else f"round {len(rounds)}, at most {max(0, plan.effort.budget - spent):.0f} s more"
        )
        return f"{played.row}: {left}  {ratios}"

    def _tell(self, text: str) -> None:
        """Say what is going on under the bar; the next thing takes its place."""
        self._note = text

    def _say(self, text: str) -> None:
        """Say what stays on the screen."""
        if self._shown:
            self._console.print(text, style="dim", markup=False, soft_wrap=True)


def _narrowing(ratio: Estimate, unit: str) -> str:
    """A ratio with its interval once there is one."""
    return f"{ratio.value:.2f}{unit}" if ratio.low is None else interval(ratio, unit)
