"""`loopcmp resume`: go on with a run or an audit that was ended before it was finished."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.display import Display
from harness.cli.options.hosts import Certificates, Insecure, OnCluster, RepeatOn
from harness.cli.options.output import Details, Json, NoProgress, Results
from harness.errors import BadInput


def resume(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="The folder of the run. Without it: the newest unfinished one."
        ),
    ] = None,
    results: Results = Path("results"),
    cluster: OnCluster = None,
    certificates: Certificates = None,
    insecure: Insecure = False,
    repeat_on: RepeatOn = 1,
    as_json: Json = False,
    details: Details = False,
    no_progress: NoProgress = False,
) -> None:
    """Finish a run or an audit that was interrupted.

    What was measured is kept, and every case is there exactly once. A run goes on as it began: with its
    options, and only with the same scenarios, machine, Python and versions. It may go on with another
    cluster, or without one.
    """
    from harness.cli.clustering import cluster_of
    from harness.cli.execute import announce, execute
    from harness.records import store
    from harness.runner import session
    from harness.runner.planning import verify_unchanged
    from harness.runner.resume_checks import check_typed

    hosts = cluster_of(cluster, certificates, insecure=insecure, repeat_on=repeat_on)
    run = session.resume(folder or store.unfinished(results))
    check_typed(run.folder, replace(run.state.run, hosts=run.state.begun.hosts))
    if hosts is None:
        verify_unchanged(run.state.run, announce)
    elif run.state.run.audit is not None:
        raise BadInput(f"{run.folder} is an audit, which goes on where it was begun: leave out --cluster")
    raise typer.Exit(execute(run, Display(not no_progress, as_json, details), hosts))
