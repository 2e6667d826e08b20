"""From what was typed to what will be done: the first entry of a journal."""

import random
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from harness.backends.availability import why_unavailable
from harness.backends.backend import Backend
from harness.backends.registry import DEFAULT_BASELINE, find_backend
from harness.errors import BadInput
from harness.execution.environments import is_built, rebuild, with_worker_requirements
from harness.execution.machine import describe_machine, environment_of, now
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import VERSION, BackendEnvironment, Machine, RunStarted
from harness.records.plan import DEFAULT, Also, Effort, Plan
from harness.records.promises import matching_difference
from harness.records.trials import AuditSchedule
from harness.runner.catalog import check_rows, choose_rows, requirements_of
from harness.runner.choosing import AvailableNames, choose_backends, known


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
    also: tuple[Also, ...] = ()


Announce = Callable[[str], None]
"""Is told, before it begins, of what takes long."""


def _keep_silent(_: str) -> None:
    """Tell nobody."""


SKETCHES = "ddsketch"
"""The distribution that a worker of a latency pass needs."""


def plan_run(wanted: RunRequest, announce: Announce = _keep_silent) -> RunStarted:
    """Everything that is fixed before the first observation. Raises BadInput; nothing is written."""
    there = known(wanted.loops, wanted.environments)
    chosen = choose_backends(there, wanted.backends, wanted.environments)
    rows = _with_a_case(choose_rows(wanted.scenarios, scale=wanted.scale), chosen)
    backends = _completed(chosen, [*requirements_of(rows), *([SKETCHES] if "latency" in wanted.also else [])])
    baseline = _baseline(wanted, there, backends)
    _check_twins(rows)
    _announce(backends, announce)
    runs_on = describe_machine(backends)
    for row in rows:
        for backend in backends:
            matching_difference(row, backend.name, runs_on.python_of(backend.name))
    plan = Plan(
        benchmarks=rows,
        backends=backends,
        baseline=baseline,
        effort=wanted.effort,
        margin=wanted.margin,
        passes=wanted.also,
        timeout=wanted.timeout,
        required=tuple(one.name for one in backends if wanted.backends or one.environment),
        seed=random.SystemRandom().getrandbits(32) if wanted.seed is None else wanted.seed,
    )
    return RunStarted(VERSION, wanted.name, now(), command_line(), runs_on, plan)


def plan_audit(wanted: RunRequest, schedule: AuditSchedule, announce: Announce = _keep_silent) -> RunStarted:
    """Everything that is fixed before an audit of one timed benchmark. Raises BadInput."""
    begun = plan_run(wanted, announce)
    rows = begun.plan.benchmarks
    if len(rows) != 1 or not rows[0].timed or rows[0].ideal is not None or rows[0].set_up:
        raise BadInput(
            "an audit times one row that neither sleeps nor has a set-up, such as order:n=1, "
            f"not {wanted.scenarios[0]}"
        )
    return replace(begun, audit=schedule)


def _with_a_case(rows: Sequence[Benchmark], backends: Sequence[Backend]) -> tuple[Benchmark, ...]:
    """The rows without those for a family of loops that was not chosen. Raises BadInput if none is left."""
    families = {None, *(backend.loop.family for backend in backends)}
    able = tuple(row for row in rows if row.only in families)
    if not able:
        raise BadInput(f"{rows[0].id} runs on loops of {rows[0].only} only: add -b {rows[0].only}")
    return able


def _check_twins(rows: Iterable[Benchmark]) -> None:
    """Raises BadInput where two rows tell one story natively on the same loops: they would be one arm."""
    told: dict[tuple[object, ...], Benchmark] = {}
    for row in rows:
        other = told.setdefault((row.native, row.parameters, row.only), row)
        if row.native and other is not row:
            raise BadInput(
                f'{other.id} and {row.id} both say native="{row.native}" for {row.only}: leave one as it is'
            )


def _completed(backends: Iterable[Backend], needs: Sequence[str]) -> tuple[Backend, ...]:
    """The backends, each environment with all that its loop, the rows and the passes need there."""
    return tuple(
        replace(one, environment=with_worker_requirements(one.environment, one.loop, needs))
        if one.environment
        else one
        for one in backends
    )


def _announce(backends: Iterable[Backend], announce: Announce) -> None:
    """Announce every environment that is going to be made: it takes its time before anything else happens."""
    for venv in dict.fromkeys(
        one.environment for one in backends if one.environment and not is_built(one.environment)
    ):
        asked = ", ".join(venv.requirements)
        announce(f"making environment {venv.name}: Python {venv.python}, {asked}")


def verify_unchanged(begun: RunStarted, announce: Announce = _keep_silent) -> None:
    """Find the environments of a run that goes on, or make them again. Raises BadInput if they differ.

    So it does where a story is another, or loopcmp itself is on another machine or Python, or beside another
    version of a loop.
    """
    env = begun.machine
    _check_here(env, describe_machine(one for one in begun.plan.backends if one.environment is None))
    check_rows(begun.plan.benchmarks)
    found = [one for one in begun.plan.backends if one.environment and env.of(one.name).unavailable is None]
    _announce(found, announce)
    for backend in found:
        before = env.of(backend.name)
        now_there = environment_of(backend, rebuild(backend, before.versions))
        if now_there != before:
            raise BadInput(f"{backend.name} is no longer what it was: {_change(before, now_there)}")


def _check_here(before: Machine, after: Machine) -> None:
    if after.identity != before.identity:
        raise BadInput(f"the run was begun on {before.identity}; here is {after.identity}: begin another")
    if changed := _change(before.of(""), after.of("")):
        raise BadInput(f"the run cannot go on: {changed}; install what it was, or begin another")


def _change(before: BackendEnvironment, after: BackendEnvironment) -> str:
    was = {"Python": before.build, **dict(before.versions)}
    now_is = {"Python": after.build, **dict(after.versions)}
    changed = [name for name in {**was, **now_is} if was.get(name) != now_is.get(name)]
    words = [f"{name} {was.get(name, 'none')} is now {now_is.get(name, 'none')}" for name in changed]
    return after.unavailable or ", ".join(words)


def _baseline(wanted: RunRequest, there: AvailableNames, backends: tuple[Backend, ...]) -> str:
    """The baseline named, else the default one if it was chosen, else the first."""
    if wanted.baseline is not None:
        return choose_baseline(find_backend(wanted.baseline, there.loops, there.venvs).name, backends)
    names = [backend.name for backend in backends]
    return DEFAULT_BASELINE if DEFAULT_BASELINE in names else names[0]


def command_line() -> str:
    """What was typed, without the path of the program or of the results: they measure nothing."""
    words = iter(sys.argv[1:])
    typed = []
    for word in words:
        if word == "--results":
            next(words, None)
        elif not word.startswith("--results="):
            typed.append(word)
    return shlex.join(["loopcmp", *typed])


def unavailable(begun: RunStarted) -> list[str]:
    """The backends that were asked for by name and cannot run here, each with why."""
    plan, env = begun.plan, begun.machine
    found = (
        (one.name, env.of(one.name).unavailable if one.environment else why_unavailable(one.loop))
        for one in plan.backends
    )
    return [f"{name}: {why}" for name, why in found if why and name in plan.required]


def choose_baseline(name: str, backends: Iterable[Backend]) -> str:
    """The baseline among the chosen backends. Raises BadInput if it was not chosen."""
    names = [backend.name for backend in backends]
    if name not in names:
        raise BadInput(f"the baseline {name} is not among the backends: add -b {name}")
    return name
