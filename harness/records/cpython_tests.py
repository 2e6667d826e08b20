"""What came of CPython's own event-loop tests over a loop, beside plain asyncio on the same Python."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.protocol.cpython_tests import UnittestOutcome, UnittestReport


@dataclass(frozen=True, slots=True)
class LoopTests:
    """A loop with the report of each test, in the tests' order; `python` is the version whose tests they are.

    `unavailable` says why the loop, or the tests, cannot be had where it runs; there are no reports then.
    """

    backend: str
    version: str
    python: str
    reports: tuple[tuple[str, UnittestReport], ...] = ()
    unavailable: str = ""

    @property
    def counts(self) -> Counter[UnittestOutcome]:
        """How many tests had each outcome."""
        return Counter(report.outcome for _, report in self.reports)

    @property
    def passed(self) -> int:
        """How many tests the loop passed."""
        return self.counts[UnittestOutcome.PASSED]

    @property
    def tried(self) -> int:
        """How many tests were tried, which are all but those that skipped themselves."""
        return len(self.reports) - self.counts[UnittestOutcome.SKIPPED]


@dataclass(frozen=True, slots=True)
class Conformance:
    """A loop's tests beside those of plain asyncio on the same Python, its control; a control has none."""

    loop: LoopTests
    control: LoopTests | None

    @property
    def lacks(self) -> tuple[tuple[str, UnittestReport], ...]:
        """The tests that the control passes and the loop does not; for a control, all those not passed."""
        if self.control is None:
            return tuple(_not_passed(self.loop.reports))
        expected = {test for test, report in self.control.reports if report.outcome is UnittestOutcome.PASSED}
        return tuple((test, report) for test, report in _not_passed(self.loop.reports) if test in expected)


def _not_passed(reports: Iterable[tuple[str, UnittestReport]]) -> Iterator[tuple[str, UnittestReport]]:
    fine = (UnittestOutcome.PASSED, UnittestOutcome.SKIPPED)
    return ((test, report) for test, report in reports if report.outcome not in fine)
