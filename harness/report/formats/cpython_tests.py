"""CPython's own tests over loops, as people and programs read them: on a terminal, and as JSON."""

from collections.abc import Sequence

from harness.protocol.cpython_tests import UnittestOutcome
from harness.records.cpython_tests import Conformance
from harness.report.formats.terminal import show_table
from harness.report.json_text import json_text
from harness.report.tables.cpython_tests import tables


def show(tested: Sequence[Conformance]) -> None:
    """Print how many tests each loop passes, which it does not, and why, on standard output."""
    for table in tables(tested):
        show_table(table)


def render_json(tested: Sequence[Conformance]) -> str:
    """Return a JSON array with an object per loop: its totals, and each test's outcome with its evidence."""
    objects = [_loop_object(conformance) for conformance in tested]
    return json_text(objects)


def _loop_object(conformance: Conformance) -> dict[str, object]:
    loop = conformance.loop
    counts = loop.counts
    return {
        "backend": loop.backend,
        "version": loop.version,
        "python": loop.python,
        "passed": loop.passed,
        "tried": loop.tried,
        "counts": {outcome: counts[outcome] for outcome in UnittestOutcome if counts[outcome]},
        "unavailable": loop.unavailable,
        "control": conformance.control.backend if conformance.control else None,
        "lacks": [test for test, _ in conformance.lacks],
        "tests": [
            {"test": test, "outcome": report.outcome, "evidence": report.evidence}
            for test, report in loop.reports
        ],
    }
