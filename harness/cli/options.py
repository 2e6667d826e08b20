"""Arguments and options that several commands share, each with its help, and the groups that help shows."""

from pathlib import Path
from typing import Annotated

import typer

CHOICE = "What to run"
EFFORT = "How precisely"
OUTPUT = "Output"

Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SCENARIO",
        help="A name, a glob, a tag, a family, a benchmark such as order:n=100, or the path of your own "
        "Python file. Without any: all but the capabilities.",
    ),
]
Backends = Annotated[
    list[str] | None,
    typer.Option(
        "-b", "--backend", metavar="BACKEND", rich_help_panel=CHOICE,
        help="A loop, such as uvloop, or a backend, such as uvloop+taskgroup; uvloop@ENV runs in an "
        "environment. May be repeated.",
    ),
]  # fmt: skip
Loops = Annotated[
    list[str] | None,
    typer.Option(
        "--loop", metavar="NAME=MODULE:FACTORY", rich_help_panel=CHOICE,
        help="Add another asyncio loop: a name for it, and the function that makes it. May be repeated.",
    ),
]  # fmt: skip
Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--env", metavar="NAME[=PYTHON REQUIREMENT…]", rich_help_panel=CHOICE,
        help="Run the backends in a virtual environment that uv makes: one of [tool.loopcmp.environments] "
        "in pyproject.toml, or a new one, such as --env 'old=3.12 uvloop==0.21'. The name here means "
        "loopcmp's own environment. May be repeated.",
    ),
]  # fmt: skip
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="BACKEND", rich_help_panel=CHOICE,
        help="The backend that ratios are taken against: asyncio where it takes part, else the first; "
        "in a record, its own.",
    ),
]  # fmt: skip
Scale = Annotated[
    bool,
    typer.Option(
        "--scale", rich_help_panel=CHOICE,
        help="Add the benchmarks with the tag scale, which take gigabytes or minutes.",
    ),
]  # fmt: skip
Timeout = Annotated[
    float,
    typer.Option(
        min=0.1, metavar="SECONDS", rich_help_panel=EFFORT,
        help="End a case that takes longer to observe, or that is silent for longer while it is timed. "
        "Benchmarks with the tag scale have twenty times as long.",
    ),
]  # fmt: skip
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
        metavar="NAME", rich_help_panel=OUTPUT,
        help="Write the record to results/<date>-NAME, and into the index there, instead of results/local.",
    ),
]  # fmt: skip
Json = Annotated[
    bool,
    typer.Option(
        "--json", rich_help_panel=OUTPUT, help="Write JSON to standard output; all else goes to stderr."
    ),
]
NoProgress = Annotated[
    bool, typer.Option("--no-progress", rich_help_panel=OUTPUT, help="Do not show what is being done.")
]
RecordPath = Annotated[
    Path, typer.Argument(metavar="RECORD", help="The folder of a run, or the record.json in it.")
]
