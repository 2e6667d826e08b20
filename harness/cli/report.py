"""`loopcmp report`: render a record again."""

from typing import Annotated

import typer

from harness.cli.options import OUTPUT, RecordPath
from harness.report import FORMATS


def report(
    record: RecordPath,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", rich_help_panel=OUTPUT, help=f"One of {', '.join(FORMATS)}."
        ),
    ] = "terminal",
) -> None:
    """Show a record again, in any format.

    All that is shown comes from its record.json: nothing runs again.
    """
    from harness.errors import BadInput
    from harness.records.store import read_record
    from harness.report import render

    if form not in FORMATS:
        raise BadInput(f"--format {form!r} is no format: write one of {', '.join(FORMATS)}")
    loaded = read_record(record)
    if form == "terminal":
        from harness.report.formats.terminal import show

        show(loaded)
    else:
        typer.echo(render(loaded, form), nl=False)
