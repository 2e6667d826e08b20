"""A run or an audit under way, from its folder to its exit code: what both commands share."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from harness.cli.display import Display
from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE, exit_code, unmeasured
from harness.cli.progress import Progress
from harness.cli.signals import Interrupted
from harness.errors import escape_controls
from harness.records.record import Record
from harness.records.store import resume_command
from harness.report.writing import write_report
from harness.runner.planning import unavailable
from harness.runner.session import MeasureUnits, Session, conclude, measure, put_away


def announce(what: str) -> None:
    """Say on stderr what is about to take long."""
    typer.echo(f"loopcmp: {escape_controls(what)}", err=True)


def execute(session: Session, display: Display, measure_units: MeasureUnits | None = None) -> int:
    """Measure what is left, write the record and its reports, and show them; return the exit code.

    Units are measured on this machine unless `measure_units` measures them elsewhere.
    """
    try:
        with Progress(session.state, shown=display.progress, timed=True) as progress:
            measure(session, progress.show, measure_units)
        if not (record := conclude(session)).results:
            return _nothing_to_do(session, record)
        record = write_report(session.folder, record)
        put_away(session)
    except Interrupted as interrupted:
        interrupted.advice = f"{resume_command(session.folder)} finishes it"
        raise
    return present(record, session.folder, display, unavailable(session.state.run))


def present(record: Record, folder: Path, display: Display, missing: Sequence[str] = ()) -> int:
    """Show a record whose reports are written, and what could not be measured; return the exit code.

    `missing` are the reasons for which backends that were asked for are unavailable.
    """
    display.show(record)
    display.point_to(folder / "report.html")
    say_unmeasured(unmeasured(record, missing))
    return exit_code(record, missing)


def _nothing_to_do(session: Session, record: Record) -> int:
    """Say why there is nothing: every host is off, or a shard has no units, for there are more shards."""
    put_away(session)
    if any(host.left_out for host in record.hosts):
        say_unmeasured(unmeasured(record))
        return COULD_NOT_MEASURE
    announce(f"shard {session.state.run.shard} has nothing to measure")
    return ALL_WELL


def say_unmeasured(reasons: Iterable[str]) -> None:
    """Say on stderr what could not be measured, each with its reason."""
    for reason in reasons:
        typer.echo(f"loopcmp: could not measure {escape_controls(reason)}", err=True)
