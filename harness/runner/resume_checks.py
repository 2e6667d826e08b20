"""What a journal names is held against the checks of a command line: its folder may be a stranger's.

Whatever ends in a command, a path or an import could have been typed, or the run does not go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.backends.backend import Backend
from harness.backends.registry import find_backend, known_loops, read_loop
from harness.backends.variables import checked_variable
from harness.errors import BadInput, escape_controls
from harness.execution.environments import check_versions, define
from harness.records.entries import METHOD, RunStarted
from harness.records.store import JOURNAL, safe_name
from harness.records.store.decoding import one_line
from harness.runner.catalog import check_module
from harness.runner.planning import choose_baseline


def check_typed(folder: Path, run: RunStarted) -> None:
    """Raise BadInput, naming the folder and the field, for what no command line can ask for."""
    journal, plan = folder / JOURNAL, run.plan
    if run.hosts:
        raise BadInput(f"{journal} is of a merge that was ended: remove its folder, and merge again")
    _check_method(journal, run)
    with _field(journal, "name"):
        safe_name(run.name)
    for module, family in dict.fromkeys(
        (benchmark.module, benchmark.family) for benchmark in plan.benchmarks
    ):
        with _field(journal, "plan.benchmarks.module"):
            check_module(module, family)
    for number, backend in enumerate(plan.backends):
        _check_backend(journal, f"plan.backends[{number}]", backend)
    with _field(journal, "plan.baseline"):
        choose_baseline(plan.baseline, plan.backends)
    for number, there in enumerate(run.machine.environments):
        with _field(journal, f"machine.environments[{number}].versions"):
            check_versions(there.versions)


def _check_method(journal: Path, run: RunStarted) -> None:
    """Raise BadInput for a run that another method began: its rounds and ours would be in one figure."""
    if run.method != METHOD:
        raise BadInput(
            f"{journal} was begun by version {run.method or '1'} of the method, and this loopcmp measures by "
            f"version {METHOD}: finish it with the loopcmp that began it, or begin another run"
        )


def _check_backend(journal: Path, field: str, backend: Backend) -> None:
    loop, venv = backend.loop, backend.environment
    with _field(journal, f"{field}.loop"):
        own = [] if loop in known_loops() else [read_loop(f"{loop.name}={loop.factory}")]
    with _field(journal, f"{field}.environment"):
        venvs = [define(venv.name, venv.python, venv.requirements, venv.variables)] if venv else []
    with _field(journal, f"{field}.variables"):
        variables = tuple(checked_variable("--pass", variable) for variable in backend.variables)
    with _field(journal, field):
        if replace(find_backend(backend.name, own, venvs), variables=variables) != backend:
            raise BadInput(f"{backend.name} is not the backend of that name here: begin another run")


@contextmanager
def _field(journal: Path, name: str) -> Iterator[None]:
    try:
        yield
    except BadInput as refused:
        raise BadInput(f"{journal}, {name}: {escape_controls(one_line(refused))}") from None
