"""Signs, words and styles of verdicts, as every report shows them."""

from dataclasses import dataclass

from harness.records.verdict import CaseVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Rendering:
    """How reports show a verdict: its sign, its class on a page, and its style in a terminal."""

    sign: str
    css_class: str
    style: str


VERDICTS = {
    Verdict.SAME_RESULT: Rendering("✓", "agrees", "green"),
    Verdict.KNOWN_DIFFERENCE: Rendering("◇", "documented", "cyan"),
    Verdict.DIFFERENT_RESULT: Rendering("✗", "differs", "bold red"),
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


def case_verdict_text(verdict: CaseVerdict) -> str:
    """Return a case's verdict as a table shows it, with a mark where it has a blemish."""
    return f"{verdict_text(verdict.kind)}{' *' if verdict.blemish else ''}"
