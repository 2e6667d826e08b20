"""`loopcmp audit`: the method on trial, on this machine."""

from pathlib import Path

import typer

from harness.cli.display import Display
from harness.cli.options.choice import AuditedScenario
from harness.cli.options.effort import AuditSeconds, Seed, Timeout, Trials
from harness.cli.options.output import Details, Json, NoProgress, Publish, Results


def audit(
    scenario: AuditedScenario = "order:n=1",
    trials: Trials = 60,
    seconds: AuditSeconds = 3600.0,
    seed: Seed = None,
    timeout: Timeout = 30.0,
    results: Results = Path("results"),
    publish: Publish = None,
    as_json: Json = False,
    details: Details = False,
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
    request = RunRequest([scenario], [], [], None, timeout, seed=seed, name=name)
    started = plan_audit(request, AuditSchedule(trials, seconds), announce)
    audit_session = session.start(started, results, publish=publish is not None)
    raise typer.Exit(execute(audit_session, Display(not no_progress, as_json, details)))
