"""Arguments and options that several commands share, each with its help, and the groups that help shows."""

from pathlib import Path
from typing import Annotated

import typer

from harness.report.answer.values import SortOrder

CHOICE = "What to run"
EFFORT = "How precisely"
LIMITS = "Limits"
OUTPUT = "Output"

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
NoteText = Annotated[
    str,
    typer.Option(
        "--note",
        metavar="TEXT",
        rich_help_panel=OUTPUT,
        help="A line about the run, such as what was changed; it is kept in the record and shown.",
    ),
]
EstimateOnly = Annotated[
    bool,
    typer.Option(
        "--estimate",
        rich_help_panel=EFFORT,
        help="Say how long the run would take, and run nothing.",
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
OnCluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        rich_help_panel=LIMITS,
        help="Measure on the hosts of a Dask scheduler, such as tls://10.0.0.1:8786, which loopcmp host has "
        "joined; local:2 tries it on this machine.",
    ),
]
Certificates = Annotated[
    Path | None,
    typer.Option(
        "--certificates",
        metavar="FOLDER",
        rich_help_panel=LIMITS,
        help="The certificates by which all that takes part in a cluster know each other; whoever holds them "
        "can run code on every host.",
    ),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure",
        rich_help_panel=LIMITS,
        help="Use a cluster without certificates: whoever reaches it can run code on every host.",
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
Timeout = Annotated[
    float,
    typer.Option(
        min=0.1,
        metavar="SECONDS",
        rich_help_panel=EFFORT,
        help="End a case that takes longer to observe, or that is silent for longer while it is timed. "
        "Benchmarks with the tag scale have twenty times as long.",
    ),
]
CheckTimeout = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="SECONDS",
        rich_help_panel=EFFORT,
        help="End a case or a test that takes longer: 30 if left out, 10 with --capabilities. Benchmarks "
        "with the tag scale have twenty times as long.",
    ),
]
Fast = Annotated[
    bool,
    typer.Option(
        "--fast",
        rich_help_panel=EFFORT,
        help="A first look: 6 rounds a benchmark, and intervals of 95% each, not adjusted for their number.",
    ),
]
Rigorous = Annotated[
    bool,
    typer.Option(
        "--rigorous",
        rich_help_panel=EFFORT,
        help="Time until ±1% or for 300 s a benchmark, instead of ±2% or 60 s.",
    ),
]
Precision = Annotated[
    str | None,
    typer.Option(
        metavar="PERCENT",
        rich_help_panel=EFFORT,
        help="Time until every interval is so narrow, to either side: such as 0.5%.",
    ),
]
MaxTime = Annotated[
    float | None,
    typer.Option(
        min=1,
        metavar="SECONDS",
        rich_help_panel=EFFORT,
        help="The time for each benchmark, once its rounds are enough for an interval; with more than three "
        "backends in proportion more.",
    ),
]
Margin = Annotated[
    str,
    typer.Option(
        metavar="PERCENT",
        rich_help_panel=EFFORT,
        help="Times that differ by less than this are called equal.",
    ),
]
AlsoPasses = Annotated[
    list[str] | None,
    typer.Option(
        metavar="latency|collections|instructions|rates|connections",
        rich_help_panel=EFFORT,
        help="Measure something else too, for at most a minute more a benchmark. latency: the p50, p99 "
        "and p99.9 of one operation, where a scenario yields one. collections: what full garbage "
        "collections cost. instructions: how many an iteration takes, counted by valgrind in up to three "
        "minutes. Of services, latency: the same at a fixed rate; rates: the highest rate at "
        "which p99 stays below 10 ms; connections: memory, at rest and for each of 1,000 connections. May be "
        "repeated.",
    ),
]
Trials = Annotated[
    int,
    typer.Option(
        min=1,
        metavar="NUMBER",
        rich_help_panel=EFFORT,
        help="How many times identical code is compared. 600 show that an error rate of 5% is below 7%.",
    ),
]
AuditSeconds = Annotated[
    float,
    typer.Option(
        min=1,
        metavar="SECONDS",
        rich_help_panel=EFFORT,
        help="End after so much time, whatever is left to compare.",
    ),
]
AuditedScenario = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="The benchmark that is timed: a short one that does not sleep."),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER",
        rich_help_panel=EFFORT,
        help="Seed for the random order of turns. Drawn if left out.",
    ),
]
Results = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", rich_help_panel=OUTPUT, help="The folder that holds the records of all runs."
    ),
]
Publish = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=OUTPUT,
        help="Write the record to results/<date>-NAME, and into the index there, instead of results/local.",
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", rich_help_panel=OUTPUT, help="Write JSON to standard output; all else goes to stderr."
    ),
]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", rich_help_panel=OUTPUT, help="Do not show what is being done.")
]
Details = Annotated[
    bool,
    typer.Option("--details", rich_help_panel=OUTPUT, help="Show every table and all evidence, too."),
]
Sort = Annotated[
    SortOrder,
    typer.Option(
        metavar="|".join(SortOrder),
        rich_help_panel=OUTPUT,
        help="The order of the answer's lines: as measured, by name, or the surest gain or loss first.",
    ),
]
Open = Annotated[
    bool, typer.Option("--open", rich_help_panel=OUTPUT, help="Open the page in a browser when it is done.")
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
CPythonTests = Annotated[
    bool,
    typer.Option(
        "--cpython-tests",
        rich_help_panel=CHOICE,
        help="Run CPython's own event-loop tests over each loop instead, beside plain asyncio; SCENARIO is "
        "then a part of a test's name.",
    ),
]
Capabilities = Annotated[
    bool,
    typer.Option("--capabilities", rich_help_panel=OUTPUT, help="Show a table of what each loop can do."),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        rich_help_panel=OUTPUT,
        help="Write what was found to a file as well, as JSON; loopcmp publish takes it from the folder of a "
        "published record.",
    ),
]
