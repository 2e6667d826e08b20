"""Plan a run by what was typed: the plan is in the first entry of a journal."""

import random
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.analysis.passes.table import needs_of
from harness.backends.availability import why_unavailable
from harness.backends.backend import Backend
from harness.backends.registry import DEFAULT_BASELINE, find_backend
from harness.backends.variables import read_variable
from harness.errors import BadInput
from harness.execution.environments import rebuild
from harness.execution.machine import describe_machine, environment_of, now
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import METHOD, VERSION, RunStarted
from harness.records.machine import BackendEnvironment, Machine
from harness.records.plan import DEFAULT, Effort, Plan
from harness.records.promises import matching_difference
from harness.records.trials import AuditSchedule
from harness.runner.catalog import check_benchmarks, choose_benchmarks
from harness.runner.choosing import AvailableNames, choose_backends, known
from harness.runner.known_scenarios import requirements_of
from harness.runner.own_app import AppRequest, app_benchmarks
from harness.runner.preparing import (
    Announce,
    announce_environments,
    completed,
    keep_silent,
    listing_places,
    refuse_unpublishable,
    tell_of_broken_plugins,
    tell_of_variables,
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What was typed, before it is checked."""

    scenarios: Sequence[str]
    backends: Sequence[str]
    loops: Sequence[str]
    baseline: str | None
    timeout: float
    effort: Effort = DEFAULT
    margin: float = 0.01
    seed: int | None = None
    name: str = ""
    scale: bool = False
    environments: Sequence[str] = ()
    also: tuple[str, ...] = ()
    passed: Sequence[str] = ()
    exclude: Sequence[str] = ()
    note: str = ""
    published: bool = False
    without_off_hosts: bool = False
    app: AppRequest | None = None


def plan_run(request: RunRequest, announce: Announce = keep_silent) -> RunStarted:
    """Return what is fixed before the first observation. Raises BadInput; nothing is written."""
    names = known(request.loops, request.environments)
    passed = [read_variable("--pass", words) for words in request.passed]
    chosen = choose_backends(names, request.backends, request.environments, passed)
    if request.published:
        refuse_unpublishable(chosen)
    tell_of_variables(chosen, announce)
    needs = needs_of(request.also)
    benchmarks = _with_a_case(_wanted(request, completed(chosen, needs), announce), chosen)
    backends = completed(chosen, [*requirements_of(benchmarks), *needs])
    baseline = _baseline(request, names, backends)
    check_twins(benchmarks)
    announce_environments(backends, announce)
    machine = describe_machine(backends)
    for benchmark in benchmarks:
        for backend in backends:
            matching_difference(benchmark, backend.name, machine.python_of(backend.name))
    plan = Plan(
        benchmarks=benchmarks,
        backends=backends,
        baseline=baseline,
        effort=request.effort,
        margin=request.margin,
        passes=request.also,
        timeout=request.timeout,
        required=tuple(backend.name for backend in backends if request.backends or backend.environment),
        seed=random.SystemRandom().getrandbits(32) if request.seed is None else request.seed,
    )
    return RunStarted(
        VERSION,
        request.name,
        now(),
        command_line(),
        machine,
        plan,
        method=METHOD,
        note=request.note,
        without_off_hosts=request.without_off_hosts,
    )


def _wanted(request: RunRequest, backends: Sequence[Backend], announce: Announce) -> tuple[Benchmark, ...]:
    """Return the benchmarks that were asked for: those of an application, or those that words choose."""
    if request.app is not None:
        return app_benchmarks(request.app, {backend.loop.family for backend in backends})
    tell_of_broken_plugins(request.scenarios, announce)
    places = listing_places(backends, announce)
    return choose_benchmarks(request.scenarios, scale=request.scale, exclude=request.exclude, places=places)


def plan_audit(request: RunRequest, schedule: AuditSchedule, announce: Announce = keep_silent) -> RunStarted:
    """Return what is fixed before an audit of one timed benchmark. Raises BadInput."""
    run = plan_run(request, announce)
    first, *others = run.plan.benchmarks
    if others or not first.timed or first.ideal is not None or first.is_service:
        raise BadInput(
            "an audit times one benchmark that neither sleeps nor serves, such as order:n=1, "
            f"not {request.scenarios[0]}"
        )
    return replace(run, audit=schedule)


def _with_a_case(benchmarks: Sequence[Benchmark], backends: Sequence[Backend]) -> tuple[Benchmark, ...]:
    """Return the benchmarks that have a case on one of the backends. Raises BadInput if none has."""
    families = {None, *(backend.loop.family for backend in backends)}
    able = tuple(benchmark for benchmark in benchmarks if benchmark.only in families)
    if not able:
        first = benchmarks[0]
        raise BadInput(f"{first.id} runs on loops of {first.only} only: add -b {first.only}")
    return able


def check_twins(benchmarks: Iterable[Benchmark]) -> None:
    """Raise BadInput where two benchmarks are twins of one on the same loops: they would be one arm."""
    twins: dict[tuple[object, ...], Benchmark] = {}
    for twin in benchmarks:
        other = twins.setdefault((twin.native, twin.parameters, twin.only), twin)
        if twin.native and other is not twin:
            raise BadInput(
                f'{other.id} and {twin.id} both say native="{twin.native}" for {twin.only}: '
                "leave one as it is"
            )


def verify_unchanged(run: RunStarted, announce: Announce = keep_silent) -> None:
    """Find the environments of a run that goes on, or make them again. Raises BadInput if they differ.

    It also does where a scenario has changed, or where loopcmp itself is on another machine or Python, or
    beside another version of a loop.
    """
    machine, backends = run.machine, run.plan.backends
    here = describe_machine(backend for backend in backends if backend.environment is None)
    _check_here(machine, here)
    if here.system != machine.system:
        announce(f"the run was begun on {machine.system}; here is {here.system}: its figures are of both")
    elsewhere = [
        backend
        for backend in backends
        if backend.environment and machine.of(backend.name).unavailable is None
    ]
    announce_environments(elsewhere, announce)
    for backend in elsewhere:
        before = machine.of(backend.name)
        after = environment_of(backend, rebuild(backend, before.versions))
        if after != before:
            raise BadInput(f"{backend.name} is no longer what it was: {changes(before, after)}")
    check_benchmarks(run.plan.benchmarks, listing_places(backends))


def _check_here(before: Machine, after: Machine) -> None:
    if after.identity != before.identity:
        raise BadInput(f"the run was begun on {before.identity}; here is {after.identity}: begin another")
    if changed := changes(before.of(""), after.of("")):
        raise BadInput(f"the run cannot go on: {changed}; install what it was, or begin another")


def changes(before: BackendEnvironment, after: BackendEnvironment) -> str:
    """Say how what a backend runs on has changed, or why it cannot run; "" where it is the same."""
    was = {"Python": before.build, **dict(before.versions)}
    now_is = {"Python": after.build, **dict(after.versions)}
    changed = [name for name in {**was, **now_is} if was.get(name) != now_is.get(name)]
    words = [f"{name} {was.get(name, 'none')} is now {now_is.get(name, 'none')}" for name in changed]
    return after.unavailable or ", ".join(words)


def _baseline(request: RunRequest, names: AvailableNames, backends: tuple[Backend, ...]) -> str:
    """Return the baseline that was named, else the default one if it was chosen, else the first."""
    if request.baseline is not None:
        return choose_baseline(find_backend(request.baseline, names.loops, names.venvs).name, backends)
    chosen = [backend.name for backend in backends]
    return DEFAULT_BASELINE if DEFAULT_BASELINE in chosen else chosen[0]


_OF_THIS_MACHINE = ("--results", "--cluster", "--certificates")
"""The options whose values name a path or a host, and that change nothing of what is measured."""


def command_line() -> str:
    """Return what was typed, without the paths of the program and of results, and without addresses."""
    words = iter(sys.argv[1:])
    typed = []
    for word in words:
        if word in _OF_THIS_MACHINE:
            next(words, None)
        elif word.partition("=")[0] not in _OF_THIS_MACHINE:
            typed.append(word)
    return shlex.join(["loopcmp", *typed])


def unavailable(run: RunStarted) -> list[str]:
    """Return the backends that were asked for by name and cannot run here, each with its reason."""
    plan, machine = run.plan, run.machine
    reasons = {
        backend.name: machine.of(backend.name).unavailable
        if backend.environment
        else why_unavailable(backend.loop)
        for backend in plan.backends
    }
    return [f"{name}: {reason}" for name, reason in reasons.items() if reason and name in plan.required]


def choose_baseline(name: str, backends: Iterable[Backend]) -> str:
    """Return the baseline among the chosen backends. Raises BadInput if it was not chosen."""
    names = [backend.name for backend in backends]
    if name not in names:
        raise BadInput(f"the baseline {name} is not among the backends: add -b {name}")
    return name
