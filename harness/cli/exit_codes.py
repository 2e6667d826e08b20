"""What the end of a command means as an exit code. Nothing is printed here."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.records.record import Record

ALL_WELL, FINDING, COULD_NOT_MEASURE = 0, 1, 3


def exit_code(record: "Record", unavailable: Sequence[str] = ()) -> int:
    """Return 0 where all is well, 1 for a finding, and 3 where what was asked for could not be measured.

    The last is a case with this verdict, a backend that was named and cannot run here, or all of them.
    """
    if any(case.verdict.is_finding for result in record.results for case in result.cases):
        return FINDING
    return COULD_NOT_MEASURE if any(unmeasured(record, unavailable)) else ALL_WELL


def unmeasured(record: "Record", unavailable: Sequence[str] = ()) -> Iterator[str]:
    """Say what could not be measured, and why; `unavailable` are the named backends that cannot run here."""
    from harness.records.verdict import Verdict

    reasons = [*unavailable, *_left_out(record), *_cases_unmeasured(record)]
    verdicts = [case.verdict for result in record.results for case in result.cases]
    if not reasons and all(verdict.kind is Verdict.UNAVAILABLE for verdict in verdicts):
        reasons = [f"anything: {reason}" for reason in dict.fromkeys(verdict.reason for verdict in verdicts)]
    yield from reasons


def _left_out(record: "Record") -> Iterator[str]:
    """Name each host whose benchmarks are left out, for it is off."""
    for host in record.hosts:
        if host.left_out:
            yield f"what host {host.number} measured: it is off, and left out by --without-off-hosts"


def _cases_unmeasured(record: "Record") -> Iterator[str]:
    """Name the first case that could not be measured for each reason, and how many more there are."""
    from harness.records.verdict import Verdict
    from harness.report.backend_names import shown_names

    shown = shown_names(record.backends)
    cases_of: dict[str, list[str]] = {}
    for result in record.results:
        for case in result.cases:
            if case.verdict.kind is Verdict.COULD_NOT_MEASURE:
                cases_of.setdefault(case.verdict.reason, []).append(
                    f"{result.benchmark.id} on {shown[case.backend]}"
                )
    for reason, (first, *others) in cases_of.items():
        yield f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
