"""Where a backend's workers run: which interpreter they are started with, and what it is."""

import sys
from dataclasses import dataclass
from functools import cache

import msgspec

from harness.backends.availability import why_unavailable
from harness.backends.backend import Backend, Loop, Venv
from harness.execution.environments import building
from harness.execution.process import Worker
from harness.protocol.messages import Identity
from harness.protocol.observations import Ended

_PATIENCE = 60.0
"""Seconds in which a worker must say what it runs on."""


@dataclass(frozen=True, slots=True)
class Place:
    """The path of an interpreter, which no record holds; what it is, if it is not loopcmp's own.

    `unavailable` is why the backend cannot run there.
    """

    python: str
    unavailable: str | None
    identity: Identity | None = None


def find_place(backend: Backend) -> Place:
    """Where this backend's workers run. Its environment is made if there is none yet; once a process."""
    if backend.venv is None:
        return Place(sys.executable, why_unavailable(backend.loop))
    return _find(backend.loop, backend.venv)


@cache
def _find(loop: Loop, venv: Venv) -> Place:
    python = str(building.python_in(building.folder_of(venv)))
    try:
        building.make(venv)
        identity = _identify(python, loop)
    except building.NotMade as error:
        return Place(python, f"environment {venv.name} cannot be made: {error}")
    return Place(python, identity.unavailable, identity)


def make_again(backend: Backend, versions: tuple[tuple[str, str], ...]) -> Place:
    """Where a resumed run's backend runs; if its environment is gone, it is made with these versions."""
    if backend.venv is not None:
        try:
            building.make(backend.venv, [f"{name}=={version}" for name, version in versions])
        except building.NotMade as error:
            return Place("", f"environment {backend.venv.name} cannot be made again: {error}")
    return find_place(backend)


def _identify(python: str, loop: Loop) -> Identity:
    """Ask a worker in the environment. Raises NotMade if it does not answer."""
    with Worker({"do": "identify", "loop": loop}, python=python) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, Ended):
        raise building.NotMade(f"a worker there {reply.how}: {reply.said[-building.KEPT :]}")
    try:
        return reply.read(Identity)
    except msgspec.ValidationError as error:
        raise building.NotMade(f"a worker there does not say what it is: {error}") from None
