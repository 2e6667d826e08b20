"""The interpreter that a backend's workers are started with, and what it says of itself."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from harness.backends.availability import why_unavailable
from harness.backends.backend import Backend, EnvironmentSpec, Loop, SetVariables
from harness.backends.local_sources import SOURCE
from harness.backends.variables import values_of
from harness.execution.environments import building
from harness.execution.process import Worker
from harness.protocol.messages import Interpreter
from harness.protocol.observations import WorkerExit

_PATIENCE = 60.0
"""The seconds within which a worker must say what it runs on."""


@dataclass(frozen=True, slots=True)
class InterpreterPath:
    """The path of an interpreter, which no record holds; what it is, if it is not loopcmp's own.

    `unavailable` is why the backend cannot run there. `variables` are what its workers find in their
    environment, besides what all do.
    """

    python: str
    unavailable: str | None
    identity: Interpreter | None = None
    variables: SetVariables = ()


def interpreter_for(backend: Backend) -> InterpreterPath:
    """Return the interpreter of this backend's workers; its environment is made if there is none yet."""
    variables = values_of(backend.variables, os.environ)
    if backend.environment is None:
        return InterpreterPath(sys.executable, why_unavailable(backend.loop), variables=variables)
    return _interpreter_in(backend.loop, backend.environment, variables)


@contextmanager
def temporary_environments(folder: Path) -> Iterator[None]:
    """Have all environments made in this folder, which the caller removes, and none found elsewhere."""
    _interpreter_in.cache_clear()
    try:
        with building.environments_in(folder):
            yield
    finally:
        _interpreter_in.cache_clear()


@cache
def _interpreter_in(loop: Loop, environment: EnvironmentSpec, variables: SetVariables) -> InterpreterPath:
    python = str(building.python_in(building.folder_of(environment)))
    try:
        building.build(environment)
        identity = _identify(python, loop, variables)
    except building.BuildFailed as error:
        return InterpreterPath(python, f"environment {environment.name} cannot be made: {error}")
    return InterpreterPath(python, identity.unavailable, identity, variables)


def rebuild(backend: Backend, versions: tuple[tuple[str, str], ...]) -> InterpreterPath:
    """Return the interpreter of a resumed run's backend; a lost environment is made with these versions."""
    if backend.environment is not None:
        try:
            building.build(backend.environment, constraints_of(versions))
        except building.BuildFailed as error:
            return InterpreterPath(
                "", f"environment {backend.environment.name} cannot be made again: {error}"
            )
    return interpreter_for(backend)


def constraints_of(versions: Iterable[tuple[str, str]]) -> list[str]:
    """Return what makes an environment anew with these versions; the user's own packages are as they are."""
    return [f"{name}=={version}" for name, version in versions if SOURCE not in version.partition("+")[2]]


def _identify(python: str, loop: Loop, variables: SetVariables) -> Interpreter:
    """Ask a worker in the environment. Raises BuildFailed if it does not answer."""
    with Worker({"do": "identify", "loop": loop}, python=python, variables=variables) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, WorkerExit):
        raise building.BuildFailed(f"a worker there {reply.how}: {reply.output[-building.LONGEST_MESSAGE :]}")
    try:
        return reply.read(Interpreter)
    except msgspec.ValidationError as error:
        raise building.BuildFailed(f"a worker there does not say what it is: {error}") from None
