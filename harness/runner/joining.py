"""A host that measures units of a run that another machine has planned: what it is, and whether it can."""

from dataclasses import replace

from harness.errors import BadInput
from harness.execution.environments import rebuild
from harness.execution.machine import describe_machine, environment_of
from harness.execution.shared_core import company_factor
from harness.records.entries import RunStarted
from harness.records.machine import Machine
from harness.runner.catalog import check_benchmarks
from harness.runner.planning import changes
from harness.runner.preparing import listing_places


def describe_host(run: RunStarted) -> Machine:
    """Return what this host is; environments are made first, with the versions of the run.

    Raises BadInput where a version, a build or a scenario is not that of the run.
    """
    backends = run.plan.backends
    own = describe_machine(backend for backend in backends if backend.environment is None)
    if changed := changes(run.machine.of(""), own.of("")):
        raise BadInput(f"{changed}; install there what the run was planned with")
    for backend in backends:
        before = run.machine.of(backend.name)
        if backend.environment is not None and before.unavailable is None:
            after = environment_of(backend, rebuild(backend, before.versions))
            if after != before:
                raise BadInput(
                    f"{backend.name} is not what the run was planned with: {changes(before, after)}"
                )
    check_benchmarks(run.plan.benchmarks, listing_places(backends))
    factor = company_factor() if run.plan.timed_benchmarks else None
    return replace(describe_machine(backends), company_factor=factor)


def why_no_host(run: RunStarted, kind: Machine | None, machine: Machine) -> str:
    """Say why a host cannot measure units of a run whose hosts are of a kind; "" where it can."""
    if kind is not None and machine.kind != kind.kind:
        return f"it is {machine.kind}, and the run's hosts are {kind.kind}"
    for backend in ("", *(backend.name for backend in run.plan.backends if backend.environment)):
        if changed := changes(run.machine.of(backend), machine.of(backend)):
            return f"{changed}; install there what the run was planned with"
    return ""
