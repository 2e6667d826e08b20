"""`loopcmp run`: check, then time, then write a record and its reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.records.plan import Effort


def run(
    context: typer.Context,
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
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Finish the newest unfinished run, or the one whose folder is given."),
    ] = False,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Check every case, then time those that agree, then write a record and its reports."""
    from harness.cli.execute import announce, execute
    from harness.cli.parsing import fraction, passes
    from harness.records import store
    from harness.runner import session
    from harness.runner.planning import RunRequest, plan_run, verify_unchanged
    from harness.runner.resume_checks import check_typed

    words = scenarios or []
    if resume:
        _refuse_with_resume(context, words)
        run = session.resume(Path(words[0]) if words else store.unfinished(results))
        check_typed(run.folder, run.state.run)
        verify_unchanged(run.state.run, announce)
    else:
        effort = _effort(fast, rigorous, precision, max_time)
        wanted = RunRequest(
            words, backend or [], loop or [], baseline, timeout, effort,
            fraction("--margin", margin), seed, store.safe_name(publish or _name(words)), scale, env or [],
            passes(also or []),
        )  # fmt: skip
        run = session.start(plan_run(wanted, announce), results, publish=publish is not None)
    raise typer.Exit(execute(run, shown=not no_progress, as_json=as_json))


_GOES_WITH_RESUME = {"scenarios", "resume", "results", "as_json", "no_progress"}


def _refuse_with_resume(context: typer.Context, words: list[str]) -> None:
    """One run goes on as it began. Raises BadInput where what was typed says otherwise."""
    if len(words) > 1:
        raise BadInput(f"--resume takes the folder of one run, and not {' '.join(words)}")
    sources = {name: context.get_parameter_source(name) for name in context.params}
    typed = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    if others := sorted(typed - _GOES_WITH_RESUME):
        options = " ".join(f"--{name.replace('_', '-')}" for name in others)
        raise BadInput(f"--resume goes on as the run began: leave out {options}")


def _effort(fast: bool, rigorous: bool, precision: str | None, max_time: float | None) -> "Effort":
    from dataclasses import replace

    from harness.cli.parsing import fraction
    from harness.records.plan import DEFAULT, FAST, RIGOROUS

    if fast and (rigorous or precision or max_time):
        raise BadInput("--fast fixes the rounds: leave out --rigorous, --precision and --max-time")
    effort = FAST if fast else RIGOROUS if rigorous else DEFAULT
    if precision is not None:
        effort = replace(effort, precision=fraction("--precision", precision))
    return effort if max_time is None else replace(effort, max_seconds=max_time)


def _name(words: list[str]) -> str:
    """A run's name: of the one thing that was chosen, as far as it can name a folder."""
    import re

    chosen = Path(words[0]).stem if len(words) == 1 else "all" if not words else "several"
    return re.sub(r"[^A-Za-z0-9.-]+", "-", chosen).strip("-.")[:40] or "run"
