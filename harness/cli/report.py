"""`loopcmp report`: render a record again."""

from typing import Annotated

import typer

from harness.cli.options import RecordPath
from harness.report import Format


def report(
    record: RecordPath,
    form: Annotated[Format, typer.Option("--format", help="The format of the report.")] = Format.TERMINAL,
) -> None:
    """Render a record again, from its record.json alone."""
    from harness.records.store import read_record
    from harness.report import render

    loaded = read_record(record)
    if form is Format.TERMINAL:
        from harness.report.formats.terminal import show

        show(loaded)
    else:
        typer.echo(render(loaded, form), nl=False)
