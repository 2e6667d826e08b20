"""`loopcmp audit`: the method on trial, on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Json, NoProgress, Results, Timeout


def audit(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="The row that is timed; short and without sleep.")
    ] = "order:n=1",
    trials: Annotated[
        int, typer.Option(min=1, help="Comparisons of identical code; 600 bound an error rate of 5% by 7%.")
    ] = 60,
    seconds: Annotated[
        float, typer.Option(min=1, help="End after so much machine time, whatever is left to try.")
    ] = 3600.0,
    seed: Annotated[int | None, typer.Option(help="Of the orders that are drawn.")] = None,
    timeout: Timeout = 30.0,
    results: Results = Path("results"),
    publish: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write to results/<date>-NAME and its index.")
    ] = None,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Try the method on comparisons whose answer is known: how often it errs, and what it finds.

    Identical code and planted differences are timed by the very code that `run` uses, beside the usual
    procedure, all of the one and then all of the other by pyperf's own commands. An audit that was ended is
    finished by `loopcmp resume`.
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
