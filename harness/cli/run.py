"""`loopcmp run`: check, then time, then write a record and its reports."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from harness.cli.display import Display
from harness.cli.options.choice import (
    App,
    AppPaths,
    Backends,
    Baseline,
    Costs,
    Environments,
    Excluded,
    Loops,
    Passed,
    Scale,
    Scenarios,
    ShardOf,
)
from harness.cli.options.effort import (
    AlsoPasses,
    EstimateOnly,
    Fast,
    Margin,
    MaxTime,
    Precision,
    Rigorous,
    Seed,
    Timeout,
)
from harness.cli.options.fields import takes
from harness.cli.options.hosts import (
    Certificates,
    Insecure,
    OnCluster,
    OnHosts,
    RepeatOn,
    WithoutOffHosts,
)
from harness.cli.options.output import Details, Json, NoProgress, NoteText, Open, Publish, Results, Sort
from harness.report.answer.values import SortOrder

if TYPE_CHECKING:
    from harness.cli.sharding import Part
    from harness.records.plan import Effort
    from harness.runner.own_app import AppRequest
    from harness.runner.planning import RunRequest
    from harness.runner.session import MeasureUnits


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What is typed after `loopcmp run`."""

    scenarios: Scenarios = None
    backend: Backends = None
    loop: Loops = None
    env: Environments = None
    passed: Passed = None
    exclude: Excluded = None
    baseline: Baseline = None
    fast: Fast = False
    rigorous: Rigorous = False
    precision: Precision = None
    max_time: MaxTime = None
    margin: Margin = "1%"
    also: AlsoPasses = None
    seed: Seed = None
    timeout: Timeout = 30.0
    scale: Scale = False
    shard: ShardOf = None
    costs: Costs = None
    app: App = None
    paths: AppPaths = None
    cluster: OnCluster = None
    certificates: Certificates = None
    insecure: Insecure = False
    repeat_on: RepeatOn = 1
    results: Results = Path("results")
    publish: Publish = None
    note: NoteText = ""
    estimate: EstimateOnly = False
    on_hosts: OnHosts = None
    without_off_hosts: WithoutOffHosts = False
    as_json: Json = False
    details: Details = False
    sort: Sort = SortOrder.PLAN
    open_page: Open = False
    no_progress: NoProgress = False

    def request(self) -> "RunRequest":
        """Return what the run is asked for. Raises BadInput."""
        from harness.cli.parsing import fraction, one_line, passes
        from harness.records.store import safe_name
        from harness.runner.planning import RunRequest

        return RunRequest(
            scenarios=self.scenarios or [],
            backends=self.backend or [],
            loops=self.loop or [],
            environments=self.env or [],
            baseline=self.baseline,
            effort=self._effort(),
            margin=fraction("--margin", self.margin),
            also=passes(self.also or []),
            app=self._app(),
            seed=self.seed,
            timeout=self.timeout,
            scale=self.scale,
            name=safe_name(self._name()),
            passed=self.passed or [],
            exclude=self.exclude or [],
            note=one_line("--note", self.note),
            published=self.publish is not None,
            without_off_hosts=self._leaves_hosts_out(),
        )

    def part(self) -> "Part | None":
        """Return the part of the plan that is measured; None for the whole. Raises BadInput."""
        from harness.cli.sharding import shard_of
        from harness.errors import BadInput

        if self.on_hosts is not None:
            raise BadInput("--hosts says for how many hosts a run is estimated: add --estimate")
        return shard_of(self.shard, self.costs, self.seed)

    def hosts(self) -> "MeasureUnits | None":
        """Return what measures the units on a cluster; None for this machine. Raises BadInput."""
        from harness.cli.clustering import cluster_of

        return cluster_of(
            self.cluster,
            self.certificates,
            insecure=self.insecure,
            repeat_on=self.repeat_on,
            sharded=self.shard is not None,
        )

    def display(self) -> Display:
        """Return how the record is shown."""
        return Display(not self.no_progress, self.as_json, self.details, self.sort, self.open_page)

    def _app(self) -> "AppRequest | None":
        from harness.cli.parsing import own_app

        return own_app(self.app, [*(self.paths or []), *(self.scenarios or [])])

    def _leaves_hosts_out(self) -> bool:
        """Return whether what hosts that are off measure is left out. Raises BadInput where there is one."""
        from harness.errors import BadInput

        if self.without_off_hosts and self.shard is None and self.cluster is None:
            raise BadInput("--without-off-hosts is for runs on several hosts: add --shard I/N, or --cluster")
        return self.without_off_hosts

    def _effort(self) -> "Effort":
        from harness.cli.parsing import fraction
        from harness.runner.effort import choose_effort

        precision = None if self.precision is None else fraction("--precision", self.precision)
        return choose_effort(
            fast=self.fast, rigorous=self.rigorous, precision=precision, max_seconds=self.max_time
        )

    def _name(self) -> str:
        """Return what names the run: what it is published as, its application, or its scenarios."""
        from harness.runner.choosing import run_name

        words = [self.app.partition(":")[0]] if self.app else self.scenarios or []
        return self.publish or run_name(words)


@takes(RunOptions)
def run(options: RunOptions) -> None:
    """Check every case, time it, and write a report.

    Only cases that give the right result are timed. Every result is on disk before the next begins:
    `loopcmp resume` goes on with a run that was interrupted.
    """
    if options.estimate:
        _say_how_long(options)
        return
    _run(options)


def _say_how_long(options: RunOptions) -> None:
    """Plan the run, and say how long it would take, here or on several hosts, instead of running it."""
    from harness.cli.execute import announce
    from harness.cli.sharding import read_costs, read_counts
    from harness.runner.duration import how_long, in_words
    from harness.runner.planning import plan_run
    from harness.runner.wall_time import estimate_hosts, hosts_in_words

    counts = None if options.on_hosts is None else read_counts(options.on_hosts)
    costs = read_costs(options.costs)
    plan = plan_run(options.request(), announce).plan
    over_hosts = counts and hosts_in_words(estimate_hosts(plan, costs, counts))
    for line in over_hosts or in_words(how_long(plan)):
        typer.echo(line)


def _run(options: RunOptions) -> NoReturn:
    """Plan the run, measure what it asks for, and end the command with its exit code."""
    from harness.cli.execute import announce, execute
    from harness.runner import session
    from harness.runner.planning import plan_run

    request, part, hosts = options.request(), options.part(), options.hosts()
    planned = plan_run(request, announce)
    run = planned if part is None else part.of_run(planned)
    started = session.start(run, options.results, publish=request.published, here=hosts is None)
    raise typer.Exit(execute(started, options.display(), hosts))
