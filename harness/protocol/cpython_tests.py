"""What a worker reports of one of CPython's own event-loop tests."""

from dataclasses import dataclass
from enum import StrEnum

TESTS_MISSING = "no tests"
"""The kind of message with which a worker says that its Python comes without CPython's own tests."""


class UnittestOutcome(StrEnum):
    """What came of one test."""

    PASSED = "passed"
    FAILED = "failed"
    LACKS = "not implemented"
    """The loop raised NotImplementedError."""
    PRIVATE = "asks for internals"
    """The test itself asks for a private attribute that only asyncio's own loops have."""
    FIXTURE = "error in fixture"
    """The test's fixture raised an error: the loop cannot be made, closed, or run for a moment."""
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class UnittestReport:
    """What came of one test, with its evidence: the error, or how the process ended, and where it was."""

    outcome: UnittestOutcome
    evidence: tuple[str, ...] = ()
