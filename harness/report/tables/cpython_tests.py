"""The tables of CPython's own event-loop tests: how many each loop passes, and which it does not, and why."""

from collections.abc import Iterable, Iterator, Sequence

from harness.protocol.cpython_tests import UnittestOutcome, UnittestReport
from harness.records.cpython_tests import Conformance, LoopTests
from harness.records.verdict import Verdict
from harness.report.tables.table import Table, numbers, texts, verdict_columns
from harness.report.verdict_signs import VERDICTS

RENDERINGS = {
    UnittestOutcome.PASSED: VERDICTS[Verdict.SAME_RESULT],
    UnittestOutcome.FAILED: VERDICTS[Verdict.DIFFERENT_RESULT],
    UnittestOutcome.LACKS: VERDICTS[Verdict.UNSUPPORTED],
    UnittestOutcome.PRIVATE: VERDICTS[Verdict.UNAVAILABLE],
    UnittestOutcome.FIXTURE: VERDICTS[Verdict.UNSTABLE],
    UnittestOutcome.CRASHED: VERDICTS[Verdict.CRASHED],
    UnittestOutcome.TIMED_OUT: VERDICTS[Verdict.TIMED_OUT],
    UnittestOutcome.SKIPPED: VERDICTS[Verdict.UNAVAILABLE],
}
"""How every outcome is shown: as the verdict that is nearest."""

_MEANINGS = {
    UnittestOutcome.FAILED: "does not do what the test asserts",
    UnittestOutcome.LACKS: "the loop says that it does not implement it",
    UnittestOutcome.PRIVATE: "the test asks for a private attribute of asyncio's own loops",
    UnittestOutcome.FIXTURE: "the fixture failed: making, closing or briefly running the loop",
    UnittestOutcome.CRASHED: "the process ended",
    UnittestOutcome.TIMED_OUT: "there was no answer in time",
    UnittestOutcome.SKIPPED: "the test says that it is not for this loop or machine",
}

SHOWN = (*_MEANINGS,)
"""The outcomes that have a column, apart from those that passed."""


def tables(tested: Sequence[Conformance]) -> Iterator[Table]:
    """Yield the totals; then, for each loop that lacks something, the tests that it does not pass."""
    yield _totals([conformance.loop for conformance in tested])
    yield from (_not_passed(conformance) for conformance in tested if conformance.lacks)


def outcome_text(outcome: UnittestOutcome) -> str:
    """Return an outcome as a table shows it: the sign and the word."""
    return f"{RENDERINGS[outcome].sign} {outcome}"


def loop_title(loop: LoopTests) -> str:
    """Return a loop as people see it: its name, its environment, its version."""
    name, separator, environment = loop.backend.partition("@")
    title = name.partition("+")[0] + separator + environment
    return f"{title} {loop.version}" if loop.version else title


def _totals(loops: Sequence[LoopTests]) -> Table:
    outcomes = [outcome for outcome in SHOWN if any(loop.counts[outcome] for loop in loops)]
    return Table(
        "CPython's own event-loop tests",
        (*texts("loop", "Python", "passed"), *numbers(*map(str, outcomes))),
        tuple(_totals_row(loop, outcomes) for loop in loops),
        tuple(f"{outcome}: {_MEANINGS[outcome]}." for outcome in outcomes),
    )


def _totals_row(loop: LoopTests, outcomes: Iterable[UnittestOutcome]) -> tuple[str, ...]:
    passed = loop.unavailable or f"{loop.passed} of {loop.tried}"
    return (
        loop_title(loop),
        loop.python,
        passed,
        *(str(loop.counts[outcome] or "") for outcome in outcomes),
    )


def _not_passed(conformance: Conformance) -> Table:
    rows = tuple(
        (outcome_text(report.outcome), _short_name(test), _first_line(report))
        for outcome in SHOWN
        for test, report in conformance.lacks
        if report.outcome is outcome
    )
    notes = ("Each is a test that plain asyncio passes on the same Python.",) if conformance.control else ()
    return Table(
        f"What {loop_title(conformance.loop)} does not pass",
        (*verdict_columns("outcome"), *texts("test", "because")),
        rows,
        notes,
    )


def _short_name(test: str) -> str:
    """Return a test by its module and its own name, which no other test of the module has."""
    module, _, name = test.rpartition(".")
    return f"{module.partition('.')[0]}: {name}" if module else name


def _first_line(report: UnittestReport) -> str:
    return report.evidence[0] if report.evidence else ""
