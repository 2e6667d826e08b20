"""The commands under one name, and what becomes of errors and interruptions."""

import sys

import typer

from harness.cli.audit import audit
from harness.cli.check import check
from harness.cli.compare import compare
from harness.cli.fuzz import fuzz
from harness.cli.list import list_
from harness.cli.new import new
from harness.cli.publish import publish
from harness.cli.report import report
from harness.cli.run import run
from harness.errors import LoopcmpError, ScenarioBroken

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
app.command("compare")(compare)
app.command("audit")(audit)
app.command("fuzz")(fuzz)
app.command("report")(report)
app.command("new")(new)
app.command("publish")(publish)


@app.callback()
def _loopcmp() -> None:
    """Run scenarios on Python's event loops, check that they do the same, and time them fairly."""


def run_app() -> int:
    """Run the command; gives the exit code. Misuse is one line on stderr, never a traceback of ours."""
    try:
        code = app(standalone_mode=True)
    except ScenarioBroken as error:
        sys.stderr.write(f"{error.frames}loopcmp: {error}\n")
        return error.exit_code
    except LoopcmpError as error:
        sys.stderr.write(f"loopcmp: {error}\n")
        return error.exit_code
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer and rich end it with 1, a finding
            return 0
        raise
    return int(code or 0)
