"""A host that measures units of a run that another machine has planned: what it is, and whether it can."""

import hmac
import platform
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from harness.errors import BadInput
from harness.execution.affinity import allowed_cpus
from harness.execution.environments import rebuild
from harness.execution.machine import describe_machine, environment_of
from harness.execution.shared_core import company_factor
from harness.records.entries import HostJoined, RunStarted
from harness.records.machine import Machine
from harness.runner.catalog import check_benchmarks
from harness.runner.planning import changes
from harness.runner.preparing import listing_places

MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
"""Where Linux keeps what tells one computer from all others, see machine-id(5)."""


def describe_host(run: RunStarted) -> HostJoined:
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
    return this_host(run, replace(describe_machine(backends), company_factor=factor))


def this_host(run: RunStarted, machine: Machine) -> HostJoined:
    """Return this machine, so described, as a host of a run; whoever has the journal gives it a number."""
    return HostJoined(1, machine, place_of_this(run), allowed_cpus())


def place_of_this(run: RunStarted) -> str:
    """Return which computer this is among the hosts of a run; "" where the system does not tell.

    The system's identifier is confidential: it is the key of a digest that is of use in this run alone. The
    name is in it since the containers and virtual machines of one image may share the identifier.
    """
    for path in MACHINE_IDS:
        with suppress(OSError):
            if identifier := path.read_bytes().strip():
                words = f"loopcmp {run.started} {run.plan.seed} {platform.node()}"
                return hmac.new(identifier, words.encode(), "sha256").hexdigest()[:16]
    return ""


def number_before(host: HostJoined, joined: Iterable[HostJoined], taken: Collection[int] = ()) -> int | None:
    """Return the number under which a host has joined before, and that is not taken; None for a new host.

    One that is described in other words now, such as with another kernel, is new.
    """
    if not host.place:
        return None
    same = (before.number for before in joined if _lasting(before) == _lasting(host))
    return next((number for number in same if number not in taken), None)


def _lasting(host: HostJoined) -> HostJoined:
    """Return a host without what is measured anew whenever it joins."""
    machine = replace(host.machine, load=None, cpu_stops=None, company_factor=None)
    return replace(host, number=0, machine=machine)


def why_no_host(run: RunStarted, kind: Machine | None, machine: Machine) -> str:
    """Say why a host cannot measure units of a run whose hosts are of a kind; "" where it can."""
    if kind is not None and machine.kind != kind.kind:
        return f"it is {machine.kind}, and the run's hosts are {kind.kind}"
    for backend in ("", *(backend.name for backend in run.plan.backends if backend.environment)):
        if changed := changes(run.machine.of(backend), machine.of(backend)):
            return f"{changed}; install there what the run was planned with"
    return ""
