"""What a run's end means as an exit code."""

from collections.abc import Sequence

import typer

from harness.record import Record
from harness.verdict import FINDINGS

ALL_WELL, FINDING, COULD_NOT_MEASURE, INTERRUPTED = 0, 1, 3, 130


def exit_code(record: Record, unavailable: Sequence[str] = ()) -> int:
    """0 all well, 1 a finding, 3 if a backend that was named cannot run here; says which on stderr."""
    for why in unavailable:
        typer.echo(f"loopcmp: could not measure {why}", err=True)
    if any(cell.finding.verdict in FINDINGS for line in record.lines for cell in line.cells):
        return FINDING
    return COULD_NOT_MEASURE if unavailable else ALL_WELL
