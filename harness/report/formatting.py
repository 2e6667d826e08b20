"""Words, numbers and signs as every report prints them."""

import hashlib
import math
from dataclasses import dataclass

from harness.errors import escape_controls
from harness.records.estimate import Estimate, Judgement
from harness.records.verdict import Verdict


def single_line(text: str) -> str:
    """Text on one line, for attributes and labels."""
    return escape_controls(text).replace("\n", " ")


LONGEST_LABEL = 80
"""Characters of a name in a chart or a badge; the tables have it whole."""


def label(text: str) -> str:
    """A name on one line; a long one is cut, and ends in a digest that keeps it apart from others."""
    whole = single_line(text)
    if len(whole) <= LONGEST_LABEL:
        return whole
    return f"{whole[: LONGEST_LABEL - 7]}…{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Rendering:
    """How reports show a verdict: its sign, its class on a page, and its style in a terminal."""

    sign: str
    css_class: str
    style: str


VERDICTS = {
    Verdict.AGREES: Rendering("✓", "agrees", "green"),
    Verdict.DOCUMENTED: Rendering("◇", "documented", "cyan"),
    Verdict.DIFFERS: Rendering("✗", "differs", "bold red"),
    Verdict.UNSTABLE: Rendering("≈", "unstable", "bold magenta"),
    Verdict.UNSUPPORTED: Rendering("∅", "unsupported", "yellow"),
    Verdict.UNAVAILABLE: Rendering("–", "unavailable", "dim"),
    Verdict.CRASHED: Rendering("!", "crashed", "bold red"),
    Verdict.TIMED_OUT: Rendering("⧖", "timed-out", "bold red"),
    Verdict.COULD_NOT_MEASURE: Rendering("?", "could-not-measure", "yellow"),
}
"""How every verdict is shown; its sign always stands beside the word or a legend, never alone."""


JUDGEMENT_MARKS = {Judgement.NOT_RESOLVED: " ~", Judgement.EQUAL: " ="}
"""What is put behind a ratio: not resolved, and equal within the margin."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate as text, its value (with the unit) apart from its interval."""

    value: str
    interval: str

    def __str__(self) -> str:
        return f"{self.value} {self.interval}"


def figure_of(estimate: Estimate, unit: str = "", *, signed: bool = False) -> Figure:
    """Return an estimate as text, to as many decimals as its interval is wide."""
    sign = "+" if signed else ""
    if estimate.low is None or estimate.high is None:
        decimals = 0 if signed else 2
        return Figure(f"{estimate.value:{sign},.{decimals}f}{unit}", "[too few rounds]")
    decimals = _decimals(estimate.half_width)
    low, high = (f"{bound:{sign},.{decimals}f}" for bound in (estimate.low, estimate.high))
    return Figure(f"{estimate.value:{sign},.{decimals}f}{unit}", f"[{low}, {high}]")


def _decimals(half_width: float) -> int:
    if half_width <= 0:
        return 3
    return min(3, max(0, -math.floor(math.log10(half_width))))


def ratio_figure(ratio: Estimate) -> Figure:
    """Return a ratio as text."""
    return figure_of(ratio, "×")


def seconds_figure(seconds: Estimate) -> Figure:
    """Return a time as text."""
    low, high = (None if end is None else end * 1e6 for end in (seconds.low, seconds.high))
    return figure_of(Estimate(seconds.value * 1e6, low, high, seconds.rounds), " µs")


def excess_figure(microseconds: Estimate) -> Figure:
    """Return how much longer than its ideal something took, given in µs."""
    return figure_of(microseconds, " µs", signed=True)
