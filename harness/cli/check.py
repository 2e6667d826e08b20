"""`loopcmp check`: observe every case, and show the verdicts and every difference."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from harness.cli.options.choice import (
    Backends,
    Baseline,
    CPythonTests,
    Environments,
    Excluded,
    Loops,
    Passed,
    Scale,
    Scenarios,
)
from harness.cli.options.effort import CheckTimeout
from harness.cli.options.fields import takes
from harness.cli.options.output import Capabilities, Json, NoProgress, OutputFile
from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.records.record import Record
    from harness.runner.cpython_tests import ConformanceRequest
    from harness.runner.planning import RunRequest

TIMEOUT = 30.0
"""The seconds after which a case is ended, if the command line says nothing else."""

CAPABILITY_TIMEOUT = 10.0
"""The same for capabilities: the longest takes two seconds where it works, and loops hang in many."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is typed after `loopcmp check`."""

    scenarios: Scenarios = None
    backend: Backends = None
    loop: Loops = None
    env: Environments = None
    passed: Passed = None
    exclude: Excluded = None
    baseline: Baseline = None
    timeout: CheckTimeout = None
    scale: Scale = False
    as_json: Json = False
    no_progress: NoProgress = False
    capabilities: Capabilities = False
    cpython_tests: CPythonTests = False
    output: OutputFile = None

    def refuse_what_does_not_go_together(self) -> None:
        """Raise BadInput for an option that says nothing of what is asked for."""
        if self.output is not None and not (self.capabilities or self.cpython_tests):
            raise BadInput("-o is about what loops can do: add --capabilities, --cpython-tests or both")
        if not self.cpython_tests:
            return
        given = {
            "--baseline": self.baseline is not None,
            "--scale": self.scale,
            "--exclude": bool(self.exclude),
        }
        for option, is_given in given.items():
            if is_given:
                raise BadInput(f"{option} is about scenarios: leave it out, or --cpython-tests")
        if self.capabilities and self.scenarios:
            word = self.scenarios[0]
            raise BadInput(f"{word!r} may name a scenario or a test: ask for one of the two tables at a time")

    def cases(self) -> "RunRequest":
        """Return which cases are observed."""
        from harness.analysis.capabilities import TAG
        from harness.runner.planning import RunRequest

        return RunRequest(
            self.scenarios or ([TAG] if self.capabilities else []),
            self.backend or [],
            self.loop or [],
            self.baseline,
            self.timeout or (CAPABILITY_TIMEOUT if self.capabilities else TIMEOUT),
            scale=self.scale,
            environments=self.env or [],
            passed=self.passed or [],
            exclude=self.exclude or [],
        )

    def tests(self) -> "ConformanceRequest":
        """Return which of CPython's tests are run."""
        from harness.runner.cpython_tests import ConformanceRequest

        return ConformanceRequest(
            self.scenarios or [],
            self.backend or [],
            self.loop or [],
            self.env or [],
            self.timeout or TIMEOUT,
            self.capabilities,
            self.passed or [],
        )


@takes(CheckOptions)
def check(options: CheckOptions) -> None:
    """Observe every case and show what differs.

    Nothing is timed. Each case runs in processes of its own.
    """
    options.refuse_what_does_not_go_together()
    shown, as_json = not options.no_progress, options.as_json
    if not (options.capabilities or options.cpython_tests):
        raise typer.Exit(_observe(options.cases(), shown=shown, as_json=as_json))
    raise typer.Exit(_conformance(options, shown=shown, as_json=as_json))


def _conformance(options: CheckOptions, *, shown: bool, as_json: bool) -> int:
    """Show what loops can do, which of CPython's tests they pass, or both, and return the exit code."""
    from harness.cli import conformance

    cases = options.cases() if options.capabilities else None
    tests = options.tests() if options.cpython_tests else None
    return conformance.run(conformance.Asked(cases, tests, options.output), shown=shown, as_json=as_json)


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
