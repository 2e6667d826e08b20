"""`loopcmp run`: check, then time, then write a record and its reports."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import (
    Backends,
    Baseline,
    Environments,
    Json,
    Loops,
    NoProgress,
    Results,
    Scale,
    Scenarios,
    Timeout,
)


def run(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    baseline: Baseline = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="6 rounds a row, 95% a cell, not adjusted: a first look.")
    ] = False,
    rigorous: Annotated[
        bool, typer.Option("--rigorous", help="±1% or 300 s a row instead of ±2% or 60 s.")
    ] = False,
    precision: Annotated[
        str | None, typer.Option(help="Half the width that intervals must reach, such as 0.5%.")
    ] = None,
    max_time: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that a row's rounds may take, if those give an interval."),
    ] = None,
    margin: Annotated[str, typer.Option(help="Ratios this near to 1 are equal.")] = "1%",
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="latency|collections",
            help="A pass beside a row's rounds, at most a minute more each: the p50, p99 and p99.9 of one "
            "operation where a row yields one, or what full garbage collections cost; may be repeated.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the orders that are drawn.")] = None,
    timeout: Timeout = 30.0,
    scale: Scale = False,
    results: Results = Path("results"),
    publish: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write to results/<date>-NAME and its index.")
    ] = None,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Check every case, then time those that agree, then write a record and its reports."""
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
