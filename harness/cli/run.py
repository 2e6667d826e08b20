"""`loopcmp run`: check, then time, then write a record and its reports."""

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from harness.cli.display import Display
from harness.cli.options import (
    AlsoPasses,
    App,
    AppPaths,
    Backends,
    Baseline,
    Certificates,
    Costs,
    Details,
    Environments,
    EstimateOnly,
    Excluded,
    Fast,
    Insecure,
    Json,
    Loops,
    Margin,
    MaxTime,
    NoProgress,
    NoteText,
    OnCluster,
    Open,
    Passed,
    Precision,
    Publish,
    Results,
    Rigorous,
    Scale,
    Scenarios,
    Seed,
    ShardOf,
    Sort,
    Timeout,
)
from harness.report.answer.values import SortOrder

if TYPE_CHECKING:
    from harness.cli.sharding import Part
    from harness.records.plan import Effort
    from harness.runner.planning import RunRequest
    from harness.runner.session import MeasureUnits


def run(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    passed: Passed = None,
    exclude: Excluded = None,
    baseline: Baseline = None,
    fast: Fast = False,
    rigorous: Rigorous = False,
    precision: Precision = None,
    max_time: MaxTime = None,
    margin: Margin = "1%",
    also: AlsoPasses = None,
    seed: Seed = None,
    timeout: Timeout = 30.0,
    scale: Scale = False,
    shard: ShardOf = None,
    costs: Costs = None,
    cluster: OnCluster = None,
    certificates: Certificates = None,
    insecure: Insecure = False,
    app: App = None,
    paths: AppPaths = None,
    results: Results = Path("results"),
    publish: Publish = None,
    note: NoteText = "",
    estimate: EstimateOnly = False,
    as_json: Json = False,
    details: Details = False,
    sort: Sort = SortOrder.PLAN,
    open_page: Open = False,
    no_progress: NoProgress = False,
) -> None:
    """Check every case, time it, and write a report.

    Only cases that give the right result are timed. Every result is on disk before the next begins:
    `loopcmp resume` goes on with a run that was interrupted.
    """
    from harness.cli.clustering import cluster_of
    from harness.cli.parsing import fraction, one_line, own_app, passes
    from harness.cli.sharding import shard_of
    from harness.records.store import safe_name
    from harness.runner.choosing import run_name
    from harness.runner.planning import RunRequest

    own = own_app(app, [*(paths or []), *(scenarios or [])])
    request = RunRequest(
        scenarios=scenarios or [],
        backends=backend or [],
        loops=loop or [],
        environments=env or [],
        baseline=baseline,
        effort=_effort(precision, max_time, fast=fast, rigorous=rigorous),
        margin=fraction("--margin", margin),
        also=passes(also or []),
        app=own,
        seed=seed,
        timeout=timeout,
        scale=scale,
        name=safe_name(publish or run_name([app.partition(":")[0]] if app else scenarios or [])),
        passed=passed or [],
        exclude=exclude or [],
        note=one_line("--note", note),
        published=publish is not None,
    )
    part = shard_of(shard, costs, seed)
    hosts = cluster_of(cluster, certificates, insecure=insecure, sharded=part is not None)
    if estimate:
        _say_how_long(request)
        return
    _run(request, results, part, hosts, Display(not no_progress, as_json, details, sort, open_page))


def _effort(precision: str | None, max_seconds: float | None, *, fast: bool, rigorous: bool) -> "Effort":
    from harness.cli.parsing import fraction
    from harness.runner.effort import choose_effort

    share = None if precision is None else fraction("--precision", precision)
    return choose_effort(fast=fast, rigorous=rigorous, precision=share, max_seconds=max_seconds)


def _say_how_long(request: "RunRequest") -> None:
    """Plan the run, and say how long it would take instead of running it."""
    from harness.cli.execute import announce
    from harness.runner.duration import how_long, in_words
    from harness.runner.planning import plan_run

    for line in in_words(how_long(plan_run(request, announce).plan)):
        typer.echo(line)


def _run(
    request: "RunRequest",
    results: Path,
    part: "Part | None",
    cluster: "MeasureUnits | None",
    display: Display,
) -> NoReturn:
    """Plan the run, measure what it asks for, and end the command with its exit code."""
    from harness.cli.execute import announce, execute
    from harness.runner import session
    from harness.runner.planning import plan_run

    planned = plan_run(request, announce)
    run = planned if part is None else part.of_run(planned)
    started = session.start(run, results, publish=request.published, here=cluster is None)
    raise typer.Exit(execute(started, display, cluster))
