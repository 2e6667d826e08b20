"""`loopcmp check`: observe every case, and show the verdicts and every difference."""

from pathlib import Path
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
    OutputFile,
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
    output: OutputFile = None,
) -> None:
    """Observe every case and show what differs.

    Nothing is timed. Each case runs in processes of its own.
    """
    from harness.analysis.capabilities import TAG
    from harness.cli import conformance
    from harness.runner.cpython_tests import ConformanceRequest
    from harness.runner.planning import RunRequest

    words, shown = scenarios or [], not no_progress
    _refuse_what_does_not_go_together(
        words,
        baseline,
        output,
        exclude=exclude,
        scale=scale,
        capabilities=capabilities,
        cpython_tests=cpython_tests,
    )
    tests = ConformanceRequest(
        words, backend or [], loop or [], env or [], timeout or TIMEOUT, capabilities, passed or []
    )
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
    if not (capabilities or cpython_tests):
        raise typer.Exit(_observe(cases, shown=shown, as_json=as_json))
    asked = conformance.Asked(cases if capabilities else None, tests if cpython_tests else None, output)
    raise typer.Exit(conformance.run(asked, shown=shown, as_json=as_json))


def _refuse_what_does_not_go_together(
    words: list[str],
    baseline: str | None,
    output: Path | None,
    *,
    exclude: list[str] | None,
    scale: bool,
    capabilities: bool,
    cpython_tests: bool,
) -> None:
    """Raise BadInput for an option that says nothing of what is asked for."""
    if output is not None and not (capabilities or cpython_tests):
        raise BadInput("-o is about what loops can do: add --capabilities, --cpython-tests or both")
    if not cpython_tests:
        return
    given = {"--baseline": baseline is not None, "--scale": scale, "--exclude": bool(exclude)}
    for option, is_given in given.items():
        if is_given:
            raise BadInput(f"{option} is about scenarios: leave it out, or --cpython-tests")
    if capabilities and words:
        raise BadInput(f"{words[0]!r} may name a scenario or a test: ask for one of the two tables at a time")


def _observe(cases: "RunRequest", *, shown: bool, as_json: bool) -> int:
    """Observe every case, show what was observed, and return the exit code."""
    from harness.cli.execute import say_unmeasured
    from harness.cli.exit_codes import exit_code, unmeasured
    from harness.report.formats import cases as case_list
    from harness.report.formats import terminal
    from harness.runner.planning import unavailable

    record = observed(cases, shown=shown)
    if as_json:
        typer.echo(case_list.render(record))
    else:
        terminal.show_check(record)
    missing = unavailable(record.run)
    say_unmeasured(unmeasured(record, missing))
    return exit_code(record, missing)


def observed(cases: "RunRequest", *, shown: bool) -> "Record":
    """Observe every case, with a display of what is being done."""
    from harness.cli.execute import announce
    from harness.cli.progress import Progress
    from harness.runner.checking import check as observe
    from harness.runner.planning import plan_run
    from harness.runner.state import RunState

    state = RunState(plan_run(cases, announce))
    with Progress(state, shown=shown, timed=False) as progress:
        for entry in observe(state):
            state.add(entry)
            progress.show(entry)
    return state.record()
