"""`loopcmp check`: observe every case, and show the verdicts and every difference."""

from typing import TYPE_CHECKING

import typer

from harness.cli.options import (
    Backends,
    Baseline,
    Capabilities,
    CheckTimeout,
    CPythonTests,
    Environments,
    Excluded,
    Json,
    Loops,
    NoProgress,
    Passed,
    Scale,
    Scenarios,
)
from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.records.record import Record
    from harness.runner.planning import RunRequest

TIMEOUT = 30.0
"""The seconds after which a case is ended, if the command line says nothing else."""

CAPABILITY_TIMEOUT = 10.0
"""The same for capabilities: the longest takes two seconds where it works, and loops hang in many."""


def check(
    scenarios: Scenarios = None,
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    passed: Passed = None,
    exclude: Excluded = None,
    baseline: Baseline = None,
    timeout: CheckTimeout = None,
    scale: Scale = False,
    as_json: Json = False,
    no_progress: NoProgress = False,
    capabilities: Capabilities = False,
    cpython_tests: CPythonTests = False,
) -> None:
    """Observe every case and show what differs.

    Nothing is timed and nothing is written. Each case runs in processes of its own.
    """
    words, shown = scenarios or [], not no_progress
    if cpython_tests:
        from harness.cli import cpython_tests as of_cpython
        from harness.runner.cpython_tests import ConformanceRequest

        _refuse_scenario_options(baseline=baseline, scale=scale, capabilities=capabilities, exclude=exclude)
        tests = ConformanceRequest(
            words, backend or [], loop or [], env or [], timeout or TIMEOUT, passed or []
        )
        raise typer.Exit(of_cpython.run(tests, shown=shown, as_json=as_json))
    from harness.analysis.capabilities import TAG
    from harness.runner.planning import RunRequest

    cases = RunRequest(
        words or ([TAG] if capabilities else []),
        backend or [],
        loop or [],
        baseline,
        timeout or (CAPABILITY_TIMEOUT if capabilities else TIMEOUT),
        scale=scale,
        environments=env or [],
        passed=passed or [],
        exclude=exclude or [],
    )
    raise typer.Exit(_observe(cases, shown=shown, as_json=as_json, capabilities=capabilities))


def _refuse_scenario_options(
    *, baseline: str | None, scale: bool, capabilities: bool, exclude: list[str] | None
) -> None:
    """Raise BadInput for an option that says nothing of CPython's tests."""
    given = {
        "--baseline": baseline is not None,
        "--scale": scale,
        "--capabilities": capabilities,
        "--exclude": bool(exclude),
    }
    for option, is_given in given.items():
        if is_given:
            raise BadInput(f"{option} is about scenarios: leave it out, or --cpython-tests")


def _observe(cases: "RunRequest", *, shown: bool, as_json: bool, capabilities: bool) -> int:
    """Observe every case, show what was observed, and return the exit code."""
    from harness.cli.execute import announce, say_unmeasured
    from harness.cli.exit_codes import exit_code, unmeasured
    from harness.cli.progress import Progress
    from harness.runner.checking import check as observe
    from harness.runner.planning import plan_run, unavailable
    from harness.runner.state import RunState

    state = RunState(plan_run(cases, announce))
    with Progress(state, shown=shown, timed=False) as progress:
        for entry in observe(state):
            state.add(entry)
            progress.show(entry)
    record, missing = state.record(), unavailable(state.run)
    _show(record, as_json=as_json, capabilities=capabilities)
    say_unmeasured(unmeasured(record, missing))
    return exit_code(record, missing)


def _show(record: "Record", *, as_json: bool, capabilities: bool) -> None:
    from harness.report.formats import capabilities as capability_table
    from harness.report.formats import cases, terminal

    if as_json:
        typer.echo(capability_table.render_json(record) if capabilities else cases.render(record))
    else:
        (capability_table.show if capabilities else terminal.show_check)(record)
