"""What a case came to: its verdict, where promise and observation differ, and the results of claims."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a case's observations mean."""

    SAME_RESULT = "same result"
    KNOWN_DIFFERENCE = "known difference"
    DIFFERENT_RESULT = "different result"
    UNSTABLE = "unstable"
    UNSUPPORTED = "unsupported"
    UNAVAILABLE = "unavailable"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    COULD_NOT_MEASURE = "could not measure"
    """Nothing that was observed says anything about the backend; the reason says why."""

    @property
    def verb(self) -> str:
        """What follows a backend's name in a sentence: "gives a different result", "is unstable"."""
        match self:
            case Verdict.SAME_RESULT:
                return "gives the same result"
            case Verdict.KNOWN_DIFFERENCE:
                return "has a known difference"
            case Verdict.DIFFERENT_RESULT:
                return "gives a different result"
            case Verdict.COULD_NOT_MEASURE:
                return "could not be measured"
            case Verdict.UNSTABLE | Verdict.UNSUPPORTED | Verdict.UNAVAILABLE:
                return f"is {self}"
            case _:
                return str(self)


FINDINGS = frozenset({Verdict.DIFFERENT_RESULT, Verdict.UNSTABLE, Verdict.CRASHED, Verdict.TIMED_OUT})
"""The verdicts that make a run end with exit code 1."""

EXPLAINED = (Verdict.COULD_NOT_MEASURE, Verdict.UNSUPPORTED, Verdict.UNAVAILABLE)
"""The verdicts that are no findings, and whose reason a report shows all the same."""


class ClaimResult(StrEnum):
    """Whether a claim holds on a backend, computed from what was observed."""

    HOLDS = "holds"
    FAILS = "does not hold"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a promise and an observation differ: in which aspect, line by line, and in which line first.

    `first_line` is an index into the lines; the shorter side may have no line there.
    """

    aspect: str
    promised: tuple[str, ...]
    observed: tuple[str, ...]
    first_line: int


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """A verdict with its evidence: why, where promise and observation differ, where it is documented.

    `output` is the last output of a worker that ended badly when the case was timed. A case that did all
    that was promised may have a `blemish`, such as "leaves 2 descriptors a loop", which marks its number.
    """

    kind: Verdict
    reason: str = ""
    mismatch: Mismatch | None = None
    source: str = ""
    output: str = ""
    blemish: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether the case makes a run end with exit code 1."""
        return self.kind in FINDINGS or bool(self.blemish)

    @property
    def has_number(self) -> bool:
        """Whether the case may be timed."""
        return self.kind in (Verdict.SAME_RESULT, Verdict.KNOWN_DIFFERENCE)
