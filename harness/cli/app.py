"""The commands under one name."""

from typing import Annotated

import typer

from harness.cli.audit import audit
from harness.cli.check import check
from harness.cli.compare import compare
from harness.cli.list import list_
from harness.cli.new import new
from harness.cli.publish import publish
from harness.cli.report import report
from harness.cli.resume import resume
from harness.cli.run import run
from harness.cli.versions import show_versions

app = typer.Typer(
    name="loopcmp",
    help="Run scenarios on Python's event loops, check that they do the same, and time them fairly.",
    epilog=(
        "Exit codes: 0 all well; 1 a finding (differs, unstable, crashed, timed out, a regression); "
        "2 usage or bad input; 3 could not measure; 130 interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("list")(list_)
app.command("check")(check)
app.command("run")(run)
app.command("resume")(resume)
app.command("compare")(compare)
app.command("audit")(audit)
app.command("report")(report)
app.command("new")(new)
app.command("publish")(publish)


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=show_versions,
            is_eager=True,
            help="Show the versions of all that takes part.",
        ),
    ] = False,
) -> None:
    pass
