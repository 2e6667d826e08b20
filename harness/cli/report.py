"""`loopcmp report`: render a record again."""

from typing import Annotated

import typer

from harness.cli.options import OUTPUT, RecordPath
from harness.report import Format


def report(
    record: RecordPath,
    form: Annotated[
        Format, typer.Option("--format", rich_help_panel=OUTPUT, help="The format of the report.")
    ] = Format.TERMINAL,
) -> None:
    """Show a record again, in any format.

    All that is shown comes from its record.json: nothing runs again.
    """
    from harness.records.store import read_record
    from harness.report import render

    loaded = read_record(record)
    if form is Format.TERMINAL:
        from harness.report.formats.terminal import show

        show(loaded)
    else:
        typer.echo(render(loaded, form), nl=False)
