"""`loopcmp report`: render a record again."""

from typing import Annotated

import typer

from harness.cli.options import RecordPath


def report(
    record: RecordPath,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="terminal, markdown, html, csv, json, github, bencher or capabilities."
        ),
    ] = "terminal",
) -> None:
    """Render a record again, from its record.json alone."""
    from harness.errors import BadInput
    from harness.records.store import read_record
    from harness.report import FORMATS, render

    if form not in FORMATS:
        raise BadInput(f"--format {form!r} is not among {', '.join(FORMATS)}")
    loaded = read_record(record)
    if form == "terminal":
        from harness.report.formats.terminal import show

        show(loaded)
    else:
        typer.echo(render(loaded, form), nl=False)
