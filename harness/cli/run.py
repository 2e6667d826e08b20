"""`loopcmp run`: check, then time, then write a record and its reports."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import (
    EFFORT,
    Backends,
    Baseline,
    Environments,
    Json,
    Loops,
    NoProgress,
    Publish,
    Results,
    Scale,
    Scenarios,
    Seed,
    Timeout,
)


def run(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    baseline: Baseline = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            rich_help_panel=EFFORT,
            help="A first look: 6 rounds a benchmark, and intervals of 95% each, not adjusted "
            "for their number.",
        ),
    ] = False,
    rigorous: Annotated[
        bool,
        typer.Option(
            "--rigorous",
            rich_help_panel=EFFORT,
            help="Time until ±1% or for 300 s a benchmark, instead of ±2% or 60 s.",
        ),
    ] = False,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            rich_help_panel=EFFORT,
            help="Time until every interval is so narrow, to either side: such as 0.5%.",
        ),
    ] = None,
    max_time: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="SECONDS",
            rich_help_panel=EFFORT,
            help="The time for each benchmark, once its rounds are enough for an interval.",
        ),
    ] = None,
    margin: Annotated[
        str,
        typer.Option(
            metavar="PERCENT",
            rich_help_panel=EFFORT,
            help="Times that differ by less than this are called equal.",
        ),
    ] = "1%",
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="latency|collections",
            rich_help_panel=EFFORT,
            help="Measure something else too, for at most a minute more a benchmark. latency: the p50, p99 "
            "and p99.9 of one operation, where a scenario yields one. collections: what full garbage "
            "collections cost. May be repeated.",
        ),
    ] = None,
    seed: Seed = None,
    timeout: Timeout = 30.0,
    scale: Scale = False,
    results: Results = Path("results"),
    publish: Publish = None,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Check every case, time it, and write a report.

    Only cases that give the right result are timed. Every result is on disk before the next begins:
    `loopcmp resume` goes on with a run that was interrupted.
    """
    from harness.cli.execute import announce, execute
    from harness.cli.parsing import fraction, passes
    from harness.records import store
    from harness.runner import session
    from harness.runner.choosing import run_name
    from harness.runner.effort import choose_effort
    from harness.runner.planning import RunRequest, plan_run

    words = scenarios or []
    request = RunRequest(
        scenarios=words,
        backends=backend or [],
        loops=loop or [],
        environments=env or [],
        baseline=baseline,
        effort=choose_effort(
            fast=fast,
            rigorous=rigorous,
            precision=None if precision is None else fraction("--precision", precision),
            max_seconds=max_time,
        ),
        margin=fraction("--margin", margin),
        also=passes(also or []),
        seed=seed,
        timeout=timeout,
        scale=scale,
        name=store.safe_name(publish or run_name(words)),
    )
    run = session.start(plan_run(request, announce), results, publish=publish is not None)
    raise typer.Exit(execute(run, shown=not no_progress, as_json=as_json))
