"""Choose loops, environments and backends by what was typed and what the project says."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from harness.backends.backend import Backend, EnvironmentSpec, Loop, Variable
from harness.backends.registry import DEFAULT_BACKENDS, find_backend, find_environment, read_loop
from harness.backends.variables import merged, values_of
from harness.errors import BadInput
from harness.execution.environments import HERE, define, read_environment
from harness.execution.listing import check_loop
from harness.runner.configuration import Configuration, read_configuration

Definition = TypeVar("Definition", Loop, EnvironmentSpec)


@dataclass(frozen=True, slots=True)
class AvailableNames:
    """The loops and environments that can be named here, besides those that are built in.

    `typed` are the loops of --loop; the others come from the project's pyproject.toml.
    """

    typed: tuple[Loop, ...]
    loops: tuple[Loop, ...]
    venvs: tuple[EnvironmentSpec, ...]


def known(loops: Sequence[str], environments: Sequence[str]) -> AvailableNames:
    """Return what --loop and --env define, then what pyproject.toml does. Raises BadInput."""
    project = read_configuration(Path.cwd())
    typed = _each_once("--loop: two loops", [read_loop(words) for words in loops])
    names = {loop.name for loop in typed}
    configured = [read_loop(f"{name}={factory}") for name, factory in project.loops.items()]
    return AvailableNames(
        typed,
        (*typed, *(loop for loop in configured if loop.name not in names)),
        _venvs(project, environments),
    )


def _each_once(what: str, defined: Sequence[Definition]) -> tuple[Definition, ...]:
    names = [definition.name for definition in defined]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{what} are called {name!r}: give each a name of its own")
    return tuple(defined)


def _venvs(project: Configuration, words: Sequence[str]) -> tuple[EnvironmentSpec, ...]:
    """Return the environments that were typed in full, and the project's that they do not replace."""
    typed = _each_once("--env: two environments", [read_environment(text) for text in words if "=" in text])
    names = {venv.name for venv in typed}
    tables = project.environments.items()
    defined = [
        define(name, table.python, table.requirements, table.variables.items())
        for name, table in tables
        if name not in names
    ]
    return (*typed, *defined)


def _name(words: str) -> str:
    return words.partition("=")[0]


def choose_backends(
    known: AvailableNames,
    words: Sequence[str],
    environments: Sequence[str],
    passed: Sequence[Variable] = (),
) -> tuple[Backend, ...]:
    """Return the backends that were named, or the default ones and those of --loop. Raises BadInput.

    Those that name no environment run in each of `environments` that no other names. All have the variables
    that are `passed`, unless their environment has a value of its own for one.
    """
    names = words or (*DEFAULT_BACKENDS, *(f"{loop.name}+gather" for loop in known.typed))
    named = {where for _, sign, where in (name.partition("@") for name in names) if sign}
    everywhere = [name for name in map(_name, environments) if name not in named]
    for name in everywhere:
        if name != HERE:
            find_environment(name, known.venvs)
    chosen = (
        find_backend(placed, known.loops, known.venvs)
        for name in names
        for placed in _placed(name, everywhere)
    )
    backends = [replace(backend, variables=merged(passed, backend.variables)) for backend in chosen]
    _check(known, backends)
    return tuple(dict.fromkeys(backends))


def _placed(name: str, everywhere: Sequence[str]) -> Sequence[str]:
    """Return the name of a backend in each environment that it is to run in."""
    if "@" in name:
        return (name.removesuffix(f"@{HERE}"),)
    return [name if where == HERE else f"{name}@{where}" for where in everywhere] or (name,)


def _check(known: AvailableNames, backends: Sequence[Backend]) -> None:
    """Make one of each loop that was typed, or chosen from the project, unless it only runs elsewhere."""
    for loop in known.loops:
        own = [backend for backend in backends if backend.loop == loop]
        here = next((backend for backend in own if backend.environment is None), None)
        if here is not None or (loop in known.typed and not own):
            check_loop(loop, values_of(here.variables, os.environ) if here is not None else ())


def run_name(scenarios: Sequence[str]) -> str:
    """Return a name for a run that was given none: its one scenario, as far as that can name a folder."""
    match scenarios:
        case []:
            return "all"
        case [scenario]:
            return re.sub(r"[^A-Za-z0-9.-]+", "-", Path(scenario).stem).strip("-.")[:40] or "run"
        case _:
            return "several"
