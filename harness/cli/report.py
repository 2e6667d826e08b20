"""`loopcmp report`: render a record again."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.display import Display
from harness.cli.options.choice import RecordPath
from harness.cli.options.output import Details, Open, Sort
from harness.cli.options.panels import OUTPUT
from harness.errors import BadInput
from harness.report import Format
from harness.report.answer.values import SortOrder


def report(
    record: RecordPath,
    name: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", rich_help_panel=OUTPUT, help=f"One of {', '.join(Format)}."
        ),
    ] = Format.TERMINAL,
    short: Annotated[
        bool,
        typer.Option(
            "--short", rich_help_panel=OUTPUT, help="With --format markdown: at most 30 lines, for an issue."
        ),
    ] = False,
    details: Details = False,
    sort: Sort = SortOrder.PLAN,
    open_page: Open = False,
) -> None:
    """Show a record again, in any format.

    All that is shown comes from its record.json: nothing runs again.
    """
    from harness.records.store import read_record
    from harness.report import render, render_short

    if name not in set(Format):
        raise BadInput(f"--format {name!r} is no format: write one of {', '.join(Format)}")
    form = Format(name)
    if short and form is not Format.MARKDOWN:
        raise BadInput("--short is for --format markdown alone: leave it out, or write --format markdown")
    loaded = read_record(record)
    if form is not Format.TERMINAL:
        typer.echo(render_short(loaded) if short else render(loaded, form), nl=False)
        return
    display = Display(details=details, order=sort, open_page=open_page)
    display.show(loaded)
    page = (record if record.is_dir() else record.parent) / "report.html"
    if page.is_file():
        display.point_to(page)
    elif open_page:
        raise BadInput(f"there is no page in {page.parent}: {page_command(page)} makes it")


def page_command(page: Path) -> str:
    """Return the command that makes a record's page."""
    return f"loopcmp report {shlex.quote(str(page.parent))} --format html > {shlex.quote(str(page))}"
