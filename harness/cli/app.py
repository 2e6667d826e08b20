"""The commands under one name."""

from collections.abc import Callable
from typing import Annotated

import typer

from harness.cli.audit import audit
from harness.cli.check import check
from harness.cli.compare import compare
from harness.cli.fuzz import fuzz
from harness.cli.gate import gate
from harness.cli.help import GroupedCommand, examples
from harness.cli.host import host
from harness.cli.list import list_
from harness.cli.merge import merge
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
        "Exit codes: 0 all well; 1 a finding (a different or unstable result, a crash, a time-out, a broken "
        "limit); 2 usage or bad input; 3 could not measure, or loopcmp itself failed; 129, 130 and 143 "
        "interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _add(name: str, command: Callable[..., None], *lines: str) -> None:
    app.command(name, cls=GroupedCommand, epilog=examples(*lines))(command)


_add("new", new, "loopcmp new mine.py")
_add("list", list_, "loopcmp list", "loopcmp list scenarios tutorial", "loopcmp list backends --json")
_add("check", check, "loopcmp check tutorial", "loopcmp check mine.py -b asyncio -b trio")
_add(
    "run",
    run,
    "loopcmp run tutorial --fast",
    "loopcmp run order -b asyncio -b uvloop",
    "loopcmp run mine.py --env 'old=3.12 uvloop==0.21'",
)
_add("resume", resume, "loopcmp resume", "loopcmp resume results/local/20261126-134000-tutorial")
_add(
    "merge",
    merge,
    "loopcmp merge shard-1 shard-2 shard-3 shard-4",
    "loopcmp merge shards/* --publish nightly",
)
_add(
    "host",
    host,
    "loopcmp host --new-certificates certificates",
    "loopcmp host tls://10.0.0.1:8786 --certificates certificates --cpus 2,3 --cpus 4,5",
)
_add(
    "compare",
    compare,
    "loopcmp compare results/before --baseline uvloop",
    "loopcmp compare results/before results/after",
)
_add(
    "gate",
    gate,
    "loopcmp gate --against main order",
    "loopcmp gate --against origin/main benchmarks/ -b asyncio -b uvloop",
    "loopcmp gate --against main --loop mine=mine:new_event_loop --limit 2%",
    "loopcmp gate results/after --against results/before --limit 5%",
)
_add("report", report, "loopcmp report results/before", "loopcmp report results/before --format csv")
_add("audit", audit, "loopcmp audit", "loopcmp audit order:n=1 --trials 600 --seconds 36000")
_add("publish", publish, "loopcmp publish -o site")
_add(
    "fuzz", fuzz, "loopcmp fuzz -b uvloop --seconds 60", "loopcmp fuzz --profile cancellation --programs 5000"
)


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
