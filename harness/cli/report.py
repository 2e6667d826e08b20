"""`loopcmp report`: render a record again."""

from typing import Annotated

import typer

from harness.cli.options import OUTPUT, RecordPath
from harness.errors import BadInput
from harness.report import Format


def report(
    record: RecordPath,
    name: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", rich_help_panel=OUTPUT, help=f"One of {', '.join(Format)}."
        ),
    ] = Format.TERMINAL,
) -> None:
    """Show a record again, in any format.

    All that is shown comes from its record.json: nothing runs again.
    """
    from harness.records.store import read_record
    from harness.report import render

    if name not in set(Format):
        raise BadInput(f"--format {name!r} is no format: write one of {', '.join(Format)}")
    form, loaded = Format(name), read_record(record)
    if form is Format.TERMINAL:
        from harness.report.formats.terminal import show

        show(loaded)
    else:
        typer.echo(render(loaded, form), nl=False)
