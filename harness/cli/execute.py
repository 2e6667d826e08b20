"""A run or an audit under way, from its folder to its exit code: what both commands share."""

from pathlib import Path

import typer

from harness.cli.exit_codes import INTERRUPTED, exit_code
from harness.cli.progress import Progress
from harness.records.record import Record
from harness.records.store import resume_command
from harness.report.writing import write_report
from harness.runner.planning import unavailable
from harness.runner.session import Session, conclude, measure


def execute(session: Session, *, shown: bool, as_json: bool) -> int:
    """Measure what is left, write the record and its reports, and show them; gives the exit code."""
    try:
        with Progress(session.tally, shown=shown, timed=True) as progress:
            measure(session, progress.show)
        record = write_report(session.folder, conclude(session))
    except KeyboardInterrupt:
        typer.echo(f"\nloopcmp: interrupted; {resume_command(session.folder)} finishes it", err=True)
        return INTERRUPTED
    _show(record, session.folder, as_json)
    return exit_code(record, unavailable(session.tally.begun))


def _show(record: Record, folder: Path, as_json: bool) -> None:
    if as_json:
        from harness.report import Format, render

        typer.echo(render(record, Format.JSON), nl=False)
    else:
        from harness.report.formats.terminal import show

        show(record)
    typer.echo(f"\nReport: {folder / 'report.md'}", err=as_json)
