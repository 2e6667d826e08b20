"""`loopcmp audit`: the method on trial, on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import EFFORT, Json, NoProgress, Publish, Results, Seed, Timeout


def audit(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="The benchmark that is timed: a short one that does not sleep."
        ),
    ] = "order:n=1",
    trials: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="NUMBER",
            rich_help_panel=EFFORT,
            help="How many times identical code is compared. 600 show that an error rate of 5% is below 7%.",
        ),
    ] = 60,
    seconds: Annotated[
        float,
        typer.Option(
            min=1,
            metavar="SECONDS",
            rich_help_panel=EFFORT,
            help="End after so much time, whatever is left to compare.",
        ),
    ] = 3600.0,
    seed: Seed = None,
    timeout: Timeout = 30.0,
    results: Results = Path("results"),
    publish: Publish = None,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Put the method on trial on this machine.

    Comparisons whose answer is known show how often the method errs, and what it finds: identical code and
    planted differences are timed by the very code that `run` uses. Beside it, the usual procedure times
    all of the one and then all of the other with pyperf's own commands. `loopcmp resume` goes on with an
    audit that was interrupted.
    """
    from harness.cli.execute import announce, execute
    from harness.records import store
    from harness.records.trials import AuditSchedule
    from harness.runner import session
    from harness.runner.planning import RunRequest, plan_audit

    name = store.safe_name(publish or "audit")
    wanted = RunRequest([scenario], [], [], None, timeout, seed=seed, name=name)
    begun = plan_audit(wanted, AuditSchedule(trials, seconds), announce)
    under_way = session.start(begun, results, publish=publish is not None)
    raise typer.Exit(execute(under_way, shown=not no_progress, as_json=as_json))
