"""`loopcmp check --cpython-tests`: CPython's own event-loop tests over the chosen loops."""

import sys
from collections.abc import Iterator, Sequence

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from harness.backends.backend import Backend
from harness.cli.execute import announce
from harness.cli.exit_codes import ALL_WELL, COULD_NOT_MEASURE, FINDING
from harness.records.cpython_tests import Conformance, LoopTests
from harness.runner.cpython_tests import (
    ConformanceRequest,
    FinishedTest,
    backends_to_test,
    beside_controls,
    count_tests,
    run_tests,
)
from harness.runner.preparing import announce_environments


def tested(request: ConformanceRequest, *, shown: bool) -> tuple[Conformance, ...]:
    """Run the tests, and return what came of them for each loop. Raises BadInput."""
    backends = backends_to_test(request)
    announce_environments(backends, announce)
    return beside_controls({backend: _tested(backend, request, shown=shown) for backend in backends})


def exit_code(tested: Sequence[Conformance]) -> int:
    """Return 0 where each loop passes all that asyncio does, 1 where one does not, 3 where one cannot run."""
    if any(conformance.lacks for conformance in tested):
        return FINDING
    return COULD_NOT_MEASURE if any(conformance.loop.unavailable for conformance in tested) else ALL_WELL


def say_unavailable(tested: Sequence[Conformance]) -> None:
    """Say on stderr which loops could not be tested, and why."""
    for conformance in tested:
        loop = conformance.loop
        if loop.unavailable:
            typer.echo(f"loopcmp: could not test {loop.backend}: {loop.unavailable}", err=True)


def _tested(backend: Backend, request: ConformanceRequest, *, shown: bool) -> LoopTests:
    *_, last = _with_progress(backend, request, shown=shown)
    if not isinstance(last, LoopTests):
        raise TypeError(f"the tests of {backend.name} ended without a result")
    return last


def _with_progress(
    backend: Backend, request: ConformanceRequest, *, shown: bool
) -> Iterator[FinishedTest | LoopTests]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True, disable=not shown) as bars:
        total = count_tests(backend, request.tests)
        bar = bars.add_task(f"CPython's tests on {backend.name}", total=total)
        for result in run_tests(backend, request.tests, request.timeout):
            bars.advance(bar)
            yield result
