"""What a campaign is reported with: totals of every backend, findings, known ones apart."""

from dataclasses import dataclass

from harness.fuzz.findings import Finding
from harness.fuzz.state import Totals

ALL_WELL, FINDING, COULD_NOT_JUDGE = 0, 1, 3

MOST_UNJUDGED = 0.01
"""The share of programs that may be undecided or late, before the campaign says that it could not judge."""


@dataclass(frozen=True, slots=True)
class BackendSummary:
    """How one backend did. `gone` are known rows and saved findings that were not seen any more."""

    backend: str
    totals: Totals
    gone: tuple[str, ...] = ()
    error: str = ""
    unlawful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """A campaign: its seed and profile, how each backend did, and the findings."""

    seed: int
    profile: str
    backends: tuple[BackendSummary, ...]
    findings: tuple[Finding, ...]
    known: tuple[Finding, ...]
    unconfirmed: tuple[Finding, ...]
    reasons: tuple[tuple[str, str], ...]
    """The source of each known row, by its name."""
    folder: str

    @property
    def exit_code(self) -> int:
        """1 for a new finding; 3 where a backend was not run, or too much could not be judged; else 0."""
        if self.findings:
            return FINDING
        if any(backend.error or _is_unjudged(backend.totals) for backend in self.backends):
            return COULD_NOT_JUDGE
        return ALL_WELL


def _is_unjudged(totals: Totals) -> bool:
    return max(totals.undecided, totals.late) > MOST_UNJUDGED * totals.programs if totals.programs else True
