"""What loops can do, as a file: the capabilities of each, and how many of CPython's own tests it passes."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

CONFORMANCE = "conformance.json"
"""The file in a published folder that holds one."""


class Ability(StrEnum):
    """Whether a loop can do a thing."""

    YES = "yes"
    UNTIDY = "yes, but"
    """It did what was promised, and left something behind or reported something else."""
    NO = "no"
    WRONG = "wrong"
    CRASHED = "crashed"
    HUNG = "hung"
    UNMEASURED = "could not measure"
    ABSENT = "not here"


@dataclass(frozen=True, slots=True)
class CapabilityAnswer:
    """Whether a loop can do one thing; `reason` says why not, or what a "yes, but" leaves."""

    name: str
    title: str
    ability: Ability
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class UnittestLack:
    """One of CPython's tests that plain asyncio passes and the loop does not, with its outcome."""

    test: str
    outcome: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class UnittestTotals:
    """How many of CPython's own tests a loop passes of those that were tried; `unavailable` says why none."""

    passed: int
    tried: int
    lacks: tuple[UnittestLack, ...] = ()
    unavailable: str = ""

    def __str__(self) -> str:
        return self.unavailable or f"{self.passed} of {self.tried}"


@dataclass(frozen=True, slots=True)
class LoopConformance:
    """One loop on one Python: an answer for each capability, and its totals of CPython's tests, if asked for.

    `python` is the version that it ran on; `version` is empty for a loop that is Python's own.
    """

    loop: str
    version: str
    python: str
    capabilities: tuple[CapabilityAnswer, ...] = ()
    cpython_tests: UnittestTotals | None = None

    @property
    def heading(self) -> str:
        """The loop with its version, or with its Python's where it is Python's own."""
        return f"{self.loop} {self.version or self.python}"

    @property
    def counts(self) -> Counter[Ability]:
        """How many capabilities have each answer."""
        return Counter(answer.ability for answer in self.capabilities)

    @property
    def abilities(self) -> str:
        """The counts in words, such as "70 yes, 4 no, 2 wrong"."""
        counts = self.counts
        words = (f"{counts[ability]} {_quoted(ability)}" for ability in Ability if counts[ability])
        return ", ".join(words)


def _quoted(ability: Ability) -> str:
    """Return an answer as it stands in a list: one that has a comma itself, in quotation marks."""
    return f'"{ability}"' if "," in ability else str(ability)


@dataclass(frozen=True, slots=True)
class ConformanceRecord:
    """What several loops can do: when and on which machine that was found out. `version` is of the format."""

    started: str
    machine: str
    loops: tuple[LoopConformance, ...]
    version: int = 1
