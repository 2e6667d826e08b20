"""Words, numbers and signs as every report prints them."""

import hashlib
import math
from dataclasses import dataclass

from harness.errors import escape_controls
from harness.records.estimate import Estimate, Judgement
from harness.records.record import BenchmarkResult, CaseResult
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


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as a table shows it: the sign and the word."""
    return f"{VERDICTS[verdict].sign} {verdict}"


JUDGEMENT_MARKS = {Judgement.NOT_RESOLVED: " ~", Judgement.EQUAL: " ="}
"""What is put behind a ratio: not resolved, and equal within the margin."""


def case_id(line: BenchmarkResult, cell: CaseResult) -> str:
    """The name of one case: row and backend."""
    return f"{line.benchmark.id} on {cell.backend}"


def significant(value: float) -> str:
    """Three significant digits or all of its integer part."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def format_estimate(estimate: Estimate, unit: str = "", *, signed: bool = False) -> str:
    """An estimate with its interval, to as many decimals as the interval is wide."""
    sign = "+" if signed else ""
    if estimate.low is None or estimate.high is None:
        decimals = 0 if signed else 2
        return f"{estimate.value:{sign},.{decimals}f}{unit} [too few rounds]"
    decimals = _decimals(estimate.half_width)
    low, high = (f"{bound:{sign},.{decimals}f}" for bound in (estimate.low, estimate.high))
    return f"{estimate.value:{sign},.{decimals}f}{unit} [{low}, {high}]"


def _decimals(half_width: float) -> int:
    if half_width <= 0:
        return 3
    return min(3, max(0, -math.floor(math.log10(half_width))))


def count_benchmarks(rows: int) -> str:
    """How many rows, in words."""
    return f"{rows} {'row' if rows == 1 else 'rows'}"


def microseconds(estimate: Estimate) -> str:
    """An estimate in seconds as µs with its interval."""
    return format_estimate(estimate.scaled(1e6), " µs")
