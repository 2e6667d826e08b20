"""What to run, and what to compare it with."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options.panels import CHOICE

Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SCENARIO",
        help="A name, a glob, a tag, a family, a benchmark such as order:n=100, or the path of your own "
        "Python file, a folder with a slash or a glob of paths. Without any: all but the capabilities.",
    ),
]
Backends = Annotated[
    list[str] | None,
    typer.Option(
        "-b",
        "--backend",
        metavar="BACKEND",
        rich_help_panel=CHOICE,
        help="A loop, such as uvloop, or a backend, such as uvloop+taskgroup; uvloop@ENV runs in an "
        "environment. May be repeated.",
    ),
]
Loops = Annotated[
    list[str] | None,
    typer.Option(
        "--loop",
        metavar="NAME=MODULE:FACTORY",
        rich_help_panel=CHOICE,
        help="Add another asyncio loop: a name for it, and the function that makes it. May be repeated.",
    ),
]
Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        metavar="NAME[=PYTHON REQUIREMENT…]",
        rich_help_panel=CHOICE,
        help="Run the backends in a virtual environment that uv makes: one of [tool.loopcmp.environments] "
        "in pyproject.toml, or a new one, such as --env 'old=3.12 uvloop==0.21' or, with the project in this "
        "folder, --env 'mine=3.13 -e .'. The name here means loopcmp's own environment. May be repeated.",
    ),
]
Passed = Annotated[
    list[str] | None,
    typer.Option(
        "--pass",
        metavar="NAME[=VALUE]",
        rich_help_panel=CHOICE,
        help="Give workers an environment variable, with this value or the one it has here; they inherit "
        "none otherwise. For one environment only: --env 'jit=3.14 PYTHON_JIT=1'. May be repeated.",
    ),
]
Excluded = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="SCENARIO",
        rich_help_panel=CHOICE,
        help="Leave out what this would choose: a name, a glob, a tag, a family, a benchmark, or a file of "
        "those chosen. May be repeated.",
    ),
]
ShardOf = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        rich_help_panel=CHOICE,
        help="Measure one of N parts of the plan, such as 2/4; give every job the same --seed. "
        "loopcmp merge makes one record of all.",
    ),
]
Costs = Annotated[
    Path | None,
    typer.Option(
        "--costs",
        metavar="RECORD",
        rich_help_panel=CHOICE,
        help="With --shard: divide the plan by what benchmarks cost in this record, the same in every job.",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="BACKEND",
        rich_help_panel=CHOICE,
        help="The backend that ratios are taken against: asyncio where it takes part, else the first; "
        "in a record, its own.",
    ),
]
App = Annotated[
    str | None,
    typer.Option(
        "--app",
        metavar="MODULE:APP",
        rich_help_panel=CHOICE,
        help="Serve an ASGI application of your own, such as package.module:app, imported from this folder, "
        "by uvicorn, and by hypercorn where trio takes part. No scenario is run then.",
    ),
]
AppPaths = Annotated[
    list[str] | None,
    typer.Option(
        "--paths",
        metavar="/PATH…",
        rich_help_panel=CHOICE,
        help="The paths that --app is asked for, each a benchmark: / if left out.",
    ),
]
Scale = Annotated[
    bool,
    typer.Option(
        "--scale",
        rich_help_panel=CHOICE,
        help="Add the benchmarks with the tag scale, which take gigabytes or minutes.",
    ),
]
AuditedScenario = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="The benchmark that is timed: a short one that does not sleep."),
]
RecordPath = Annotated[
    Path, typer.Argument(metavar="RECORD", help="The folder of a run, or the record.json in it.")
]
RecordPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="RECORD",
        help="One record: its backends are compared. Several: each of the others with the last.",
    ),
]
AcrossMachines = Annotated[
    bool,
    typer.Option(
        "--across-machines",
        rich_help_panel=CHOICE,
        help="Allow records of different machines or Python builds.",
    ),
]
OverHosts = Annotated[
    bool,
    typer.Option(
        "--over-hosts",
        rich_help_panel=CHOICE,
        help="The records are of several hosts at one time, and none is older than another.",
    ),
]
CPythonTests = Annotated[
    bool,
    typer.Option(
        "--cpython-tests",
        rich_help_panel=CHOICE,
        help="Run CPython's own event-loop tests over each loop instead, beside plain asyncio; SCENARIO is "
        "then a part of a test's name.",
    ),
]
