"""Arguments and options that several commands share, each with its help."""

from pathlib import Path
from typing import Annotated

import typer

Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SCENARIO",
        help="A name, a glob, a tag, a family, a row such as order:n=100, or a path to your own "
        "module. All but the capabilities if none is given.",
    ),
]
Backends = Annotated[
    list[str] | None,
    typer.Option("-b", "--backend", help="A backend or a bare loop name, and @ENV; may be repeated."),
]
Loops = Annotated[
    list[str] | None,
    typer.Option("--loop", metavar="NAME=module:factory", help="Any other asyncio loop; may be repeated."),
]
Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        metavar="NAME[=PYTHON REQUIREMENT…]",
        help="Run backends in a virtual environment that uv makes: one of [tool.loopcmp.environments], or "
        "one defined here, such as --env 'old=3.12 uvloop==0.21'; here itself is called here. "
        "A backend that is named with one, such as -b uvloop@old, runs only there.",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        help="The backend that ratios are taken against [asyncio+gather if it takes part, else the first; "
        "for compare, the record's]."
    ),
]
Scale = Annotated[
    bool, typer.Option("--scale", help="The rows tagged scale too, which take gigabytes or minutes.")
]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.1,
        help="Seconds after which a case is ended that has not been observed in them, or that is silent "
        "when timed; twenty times that, if tagged scale.",
    ),
]
Results = Annotated[Path, typer.Option(help="The folder that runs are written under.")]
Json = Annotated[bool, typer.Option("--json", help="Data on stdout, everything else on stderr.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="Show no progress.")]
RecordPath = Annotated[Path, typer.Argument(metavar="RECORD", help="A run's folder, or its record.json.")]
