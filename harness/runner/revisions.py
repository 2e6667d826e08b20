"""Plan a gate's run: each backend from the base and from the working copy, in the same rounds."""

import json
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.backends.registry import DEFAULT_BACKENDS, find_backend, read_loop
from harness.errors import BadInput
from harness.execution.environments import interpreter_for, read_environment, with_worker_requirements
from harness.execution.revisions import Revisions
from harness.records.entries import RunStarted
from harness.records.plan import BASE, HEAD
from harness.runner.configuration import read_configuration
from harness.runner.planning import RunRequest, plan_run
from harness.runner.preparing import Announce, announce_environments
from harness.runner.scenario_files import is_path


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What was typed for a gate, in the folder `start`, besides what a run is asked for as well."""

    against: str
    start: Path
    run: RunRequest


def plan_gate(request: GateRequest, revisions: Revisions, announce: Announce) -> RunStarted:
    """Return what is fixed before the first observation, planned in the folder of both revisions.

    Raises BadInput where a revision cannot be installed, or where a scenario would import the project from
    its own folder.
    """
    asked = request.run
    loops = _loops(asked, request.start)
    names = asked.backends or [loop.name for loop in map(read_loop, asked.loops)] or DEFAULT_BACKENDS
    chosen = [find_backend(_bare(name), loops) for name in names]
    sides = [_environment(side, revisions, chosen) for side in (BASE, HEAD)]
    for side in sides:
        _check_installable(side, chosen, request.against, revisions, announce)
    run = plan_run(
        replace(
            asked,
            scenarios=[_scenario(word, revisions, request.start) for word in asked.scenarios],
            backends=[f"{backend.name}@{side}" for backend in chosen for side in (BASE, HEAD)],
            baseline=f"{chosen[0].name}@{BASE}",
            loops=[f"{loop.name}={loop.factory}" for loop in loops if loop in {each.loop for each in chosen}],
            environments=[side.definition for side in sides],
        ),
        announce,
    )
    _check_own_folders(run, revisions)
    return replace(run, plan=replace(run.plan, against=f"{request.against} ({revisions.commit})"))


def _bare(name: str) -> str:
    if "@" in name:
        raise BadInput(
            f"-b {name}: a gate has two environments, of the base and of the working copy; leave out @"
        )
    return name


def _loops(asked: RunRequest, start: Path) -> tuple[Loop, ...]:
    """Return the loops of --loop and those of the project, as they are read in its folder."""
    typed = [read_loop(words) for words in asked.loops]
    configured = read_configuration(start).loops.items()
    loops = [*typed, *(read_loop(f"{name}={factory}") for name, factory in configured)]
    return tuple({loop.name: loop for loop in reversed(loops)}.values())


def _scenario(word: str, revisions: Revisions, start: Path) -> str:
    return revisions.scenario(word, start) if is_path(word) else word


def _environment(side: str, revisions: Revisions, backends: Iterable[Backend]) -> EnvironmentSpec:
    """Define the one environment of a revision, with what all loops need beside the project itself."""
    environment = read_environment(f"{side}={platform.python_version()} {_project(side, revisions)}")
    for backend in backends:
        environment = with_worker_requirements(environment, backend.loop, ())
    return environment


def _project(side: str, revisions: Revisions) -> str:
    return f"./{(Path(side) / revisions.project).as_posix()}"


def _check_installable(
    environment: EnvironmentSpec,
    backends: Sequence[Backend],
    against: str,
    revisions: Revisions,
    announce: Announce,
) -> None:
    """Make the environment of a revision. Raises BadInput, with what to type, where it cannot be made."""
    backend = replace(backends[0], environment=environment)
    announce_environments([backend], announce)
    interpreter = interpreter_for(backend)
    if interpreter.identity is not None:
        return
    name, by_hand = "the working copy", "uv pip install ."
    if environment.name == BASE:
        folder = (Path("../base") / revisions.project).as_posix()
        name, by_hand = (
            f"the base, {against},",
            f"git worktree add ../base {against} && uv pip install {folder}",
        )
    raise BadInput(
        f"{name} cannot be installed: {interpreter.unavailable}; to try it by hand, type {by_hand}"
    )


def _check_own_folders(run: RunStarted, revisions: Revisions) -> None:
    """Raise BadInput where both revisions would import the project from the folder of a scenario's file."""
    tops = _project_modules(run, revisions)
    for module in dict.fromkeys(benchmark.module for benchmark in run.plan.benchmarks):
        if not is_path(module):
            continue
        for top in tops:
            if (Path(module).parent / top).exists():
                raise BadInput(
                    f"{module.removeprefix(f'{HEAD}/')} would import {top.removesuffix('.py')} from its own "
                    "folder, and both revisions would run the same: move the scenarios into a folder of "
                    "their own, such as benchmarks/"
                )


def _project_modules(run: RunStarted, revisions: Revisions) -> Sequence[str]:
    """Return the names of the files and folders that the working copy's project installs."""
    head = next(backend for backend in run.plan.backends if backend.name.endswith(f"@{HEAD}"))
    prefix = Path(interpreter_for(head).python).parent.parent
    source = (revisions.folder / HEAD / revisions.project).as_uri()
    return tuple(
        dict.fromkeys(
            top
            for file in prefix.glob("lib/python*/site-packages/*.dist-info/direct_url.json")
            if json.loads(file.read_text()).get("url", "").rstrip("/") == source
            for top in _tops(file.with_name("RECORD"))
        )
    )


def _tops(installed: Path) -> Iterator[str]:
    """Yield the first part of every path in a distribution's list of files."""
    with suppress(OSError):
        for line in installed.read_text().splitlines():
            top = line.partition(",")[0].partition("/")[0]
            if top != ".." and not top.endswith((".dist-info", ".data")):
                yield top
