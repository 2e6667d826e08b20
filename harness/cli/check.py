"""`loopcmp check`: observe every case, and show the verdicts and every difference."""

from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options import (
    OUTPUT,
    Backends,
    Baseline,
    Environments,
    Json,
    Loops,
    NoProgress,
    Scale,
    Scenarios,
    Timeout,
)

if TYPE_CHECKING:
    from harness.records.record import Record


def check(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    baseline: Baseline = None,
    timeout: Timeout = 30.0,
    scale: Scale = False,
    as_json: Json = False,
    no_progress: NoProgress = False,
    capabilities: Annotated[
        bool,
        typer.Option("--capabilities", rich_help_panel=OUTPUT, help="Show a table of what each loop can do."),
    ] = False,
) -> None:
    """Observe every case and show what differs.

    Nothing is timed and nothing is written. Each case runs in processes of its own.
    """
    from harness.analysis.capabilities import TAG
    from harness.cli.execute import announce, say_unmeasured
    from harness.cli.exit_codes import exit_code, unmeasured
    from harness.cli.progress import Progress
    from harness.runner.checking import check as observe
    from harness.runner.planning import RunRequest, plan_run, unavailable
    from harness.runner.state import RunState

    words = scenarios or ([TAG] if capabilities else [])
    request = RunRequest(
        words, backend or [], loop or [], baseline, timeout, scale=scale, environments=env or []
    )
    state = RunState(plan_run(request, announce))
    with Progress(state, shown=not no_progress, timed=False) as progress:
        for entry in observe(state):
            state.add(entry)
            progress.show(entry)
    record = state.record()
    _show(record, as_json=as_json, capabilities=capabilities)
    missing = unavailable(state.run)
    say_unmeasured(unmeasured(record, missing))
    raise typer.Exit(exit_code(record, missing))


def _show(record: "Record", *, as_json: bool, capabilities: bool) -> None:
    from harness.report.formats import capabilities as capability_table
    from harness.report.formats import cases, terminal

    if as_json:
        typer.echo(capability_table.render_json(record) if capabilities else cases.render(record))
    else:
        (capability_table.show if capabilities else terminal.show_check)(record)
