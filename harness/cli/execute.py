"""A run or an audit under way, from its folder to its exit code: what both commands share."""

from pathlib import Path

import typer

from harness.cli.exit_codes import INTERRUPTED, exit_code
from harness.cli.progress import Progress
from harness.records.record import Record
from harness.records.store import resume_command
from harness.report.writing import write_report
from harness.runner.planning import unavailable
from harness.runner.session import Session, conclude, measure, put_away


def announce(what: str) -> None:
    """Say on stderr what is about to take long."""
    typer.echo(f"loopcmp: {what}", err=True)


def execute(session: Session, *, shown: bool, as_json: bool) -> int:
    """Measure what is left, write the record and its reports, and show them; gives the exit code."""
    try:
        with Progress(session.state, shown=shown, timed=True) as progress:
            measure(session, progress.show)
        record = write_report(session.folder, conclude(session))
        put_away(session)
    except KeyboardInterrupt:
        typer.echo(f"\nloopcmp: interrupted; {resume_command(session.folder)} finishes it", err=True)
        return INTERRUPTED
    _show(record, session.folder, as_json)
    return exit_code(record, unavailable(session.state.run))


def _show(record: Record, folder: Path, as_json: bool) -> None:
    if as_json:
        from harness.report import render

        typer.echo(render(record, "json"), nl=False)
    else:
        from harness.report.formats.terminal import show

        show(record)
    typer.echo(f"\nReport: {folder / 'report.md'}", err=as_json)
