"""What a run's end means as an exit code."""

from collections.abc import Iterator, Sequence

import typer

from harness.records.record import Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report.formatting import case_id

ALL_WELL, FINDING, COULD_NOT_MEASURE, INTERRUPTED = 0, 1, 3, 130


def exit_code(record: Record, unavailable: Sequence[str] = ()) -> int:
    """0 all well, 1 a finding, 3 if what was asked for could not be measured; says why on stderr.

    That is a case with this verdict, a backend that was named and cannot run here, or all of them.
    """
    findings = [cell.verdict for line in record.results for cell in line.cases]
    missing = [*unavailable, *_unmeasured(record)]
    if not missing and all(one.kind is Verdict.UNAVAILABLE for one in findings):
        missing = [f"anything: {because}" for because in dict.fromkeys(one.reason for one in findings)]
    for why in missing:
        typer.echo(f"loopcmp: could not measure {why}", err=True)
    if any(one.kind in FINDINGS for one in findings):
        return FINDING
    return COULD_NOT_MEASURE if missing else ALL_WELL


def _unmeasured(record: Record) -> Iterator[str]:
    """Every reason why a case could not be measured, with the first such case and how many more there are."""
    alike: dict[str, list[str]] = {}
    for line in record.results:
        for cell in line.cases:
            if cell.verdict.kind is Verdict.COULD_NOT_MEASURE:
                alike.setdefault(cell.verdict.reason, []).append(case_id(line, cell))
    for because, (first, *others) in alike.items():
        yield f"{first}{f' and {len(others)} more' if others else ''}: {because}"
