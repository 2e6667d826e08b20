"""The interpreter that a backend's workers are started with, and what it says of itself."""

import sys
from dataclasses import dataclass
from functools import cache

import msgspec

from harness.backends.availability import why_unavailable
from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.execution.environments import building
from harness.execution.process import Worker
from harness.protocol.messages import Interpreter
from harness.protocol.observations import WorkerExit

_PATIENCE = 60.0
"""The seconds within which a worker must say what it runs on."""


@dataclass(frozen=True, slots=True)
class InterpreterPath:
    """The path of an interpreter, which no record holds; what it is, if it is not loopcmp's own.

    `unavailable` is why the backend cannot run there.
    """

    python: str
    unavailable: str | None
    identity: Interpreter | None = None


def interpreter_for(backend: Backend) -> InterpreterPath:
    """Return the interpreter of this backend's workers; its environment is made if there is none yet."""
    if backend.environment is None:
        return InterpreterPath(sys.executable, why_unavailable(backend.loop))
    return _interpreter_in(backend.loop, backend.environment)


@cache
def _interpreter_in(loop: Loop, environment: EnvironmentSpec) -> InterpreterPath:
    python = str(building.python_in(building.folder_of(environment)))
    try:
        building.build(environment)
        identity = _identify(python, loop)
    except building.BuildFailed as error:
        return InterpreterPath(python, f"environment {environment.name} cannot be made: {error}")
    return InterpreterPath(python, identity.unavailable, identity)


def rebuild(backend: Backend, versions: tuple[tuple[str, str], ...]) -> InterpreterPath:
    """Return the interpreter of a resumed run's backend; a lost environment is made with these versions."""
    if backend.environment is not None:
        try:
            building.build(backend.environment, [f"{name}=={version}" for name, version in versions])
        except building.BuildFailed as error:
            return InterpreterPath(
                "", f"environment {backend.environment.name} cannot be made again: {error}"
            )
    return interpreter_for(backend)


def _identify(python: str, loop: Loop) -> Interpreter:
    """Ask a worker in the environment. Raises BuildFailed if it does not answer."""
    with Worker({"do": "identify", "loop": loop}, python=python) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, WorkerExit):
        raise building.BuildFailed(f"a worker there {reply.how}: {reply.output[-building.LONGEST_MESSAGE :]}")
    try:
        return reply.read(Interpreter)
    except msgspec.ValidationError as error:
        raise building.BuildFailed(f"a worker there does not say what it is: {error}") from None
