"""How precisely and for how long something is measured."""

from typing import Annotated

import typer

from harness.analysis.passes.offers import OFFERED, OFFERS, SERVICE_OFFERS
from harness.cli.options.panels import EFFORT

EstimateOnly = Annotated[
    bool,
    typer.Option(
        "--estimate",
        rich_help_panel=EFFORT,
        help="Say how long the run would take, and run nothing.",
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
        metavar="|".join(OFFERED),
        rich_help_panel=EFFORT,
        help="Measure something else too, for at most a minute more a benchmark. "
        f"{'. '.join(map(': '.join, OFFERS.items()))}. "
        f"Of services, {'; '.join(map(': '.join, SERVICE_OFFERS.items()))}. May be repeated.",
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
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER",
        rich_help_panel=EFFORT,
        help="Seed for the random order of turns. Drawn if left out.",
    ),
]
