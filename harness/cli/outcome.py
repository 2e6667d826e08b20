"""What a run's end means as an exit code."""

from collections.abc import Sequence

import typer

from harness.record import Record
from harness.verdict import FINDINGS, Verdict

ALL_WELL, FINDING, COULD_NOT_MEASURE, INTERRUPTED = 0, 1, 3, 130


def exit_code(record: Record, unavailable: Sequence[str] = ()) -> int:
    """0 all well, 1 a finding, 3 if a backend that was named, or all, cannot run here; says why on stderr."""
    findings = [cell.finding for line in record.lines for cell in line.cells]
    missing = [*unavailable]
    if not missing and all(one.verdict is Verdict.UNAVAILABLE for one in findings):
        missing = [f"anything: {because}" for because in dict.fromkeys(one.because for one in findings)]
    for why in missing:
        typer.echo(f"loopcmp: could not measure {why}", err=True)
    if any(one.verdict in FINDINGS for one in findings):
        return FINDING
    return COULD_NOT_MEASURE if missing else ALL_WELL
