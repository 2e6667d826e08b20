"""What backends need before a run can be planned: their environments, and a word about what is missing."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from harness.backends.backend import Backend
from harness.backends.variables import missed
from harness.errors import BadInput
from harness.execution.environments import (
    InterpreterPath,
    interpreter_for,
    is_built,
    local_requirements,
    with_worker_requirements,
)
from harness.runner.known_scenarios import known_scenarios
from harness.runner.scenario_files import is_path

Announce = Callable[[str], None]
"""A function that is told of what takes long before it begins."""


def keep_silent(_: str) -> None:
    """Tell nobody."""


def listing_places(
    backends: Iterable[Backend], announce: Announce = keep_silent
) -> Iterator[InterpreterPath]:
    """Yield the interpreters on which the user's own files may be listed: loopcmp's own, if any runs there.

    An environment is made when its turn comes, and not for nothing.
    """
    for backend in sorted(backends, key=lambda backend: backend.environment is not None):
        announce_environments([backend], announce)
        interpreter = interpreter_for(backend)
        if backend.environment is None or interpreter.unavailable is None:
            yield replace(interpreter, unavailable=None)


def refuse_unpublishable(backends: Iterable[Backend]) -> None:
    """Raise BadInput where an environment holds what no reader of the record could install."""
    environments = dict.fromkeys(backend.environment for backend in backends if backend.environment)
    for environment in environments:
        for words in local_requirements(environment):
            raise BadInput(
                f"environment {environment.name}: {words!r} is on this machine only, and nobody could repeat "
                "what is published: name a released version or git+https://…, or leave out --publish"
            )


def tell_of_variables(backends: Iterable[Backend], announce: Announce) -> None:
    """Tell of environment variables that are set here, could change what is measured, and are not passed."""
    if names := list(missed(os.environ, backends)):
        verb, which = ("is", "it") if len(names) == 1 else ("are", "them")
        announce(
            f"{', '.join(names)} {verb} set here and not passed to workers: "
            f"{' '.join(f'--pass {name}' for name in names)} passes {which}"
        )


def tell_of_broken_plugins(words: Sequence[str], announce: Announce) -> None:
    """Tell of installed packages whose scenarios cannot be had, if scenarios were chosen by name."""
    if words and all(map(is_path, words)):
        return
    for plugin in known_scenarios().broken:
        announce(f"{plugin.module} of the family {plugin.family} takes no part: {plugin.reason}")


def completed(backends: Iterable[Backend], needs: Sequence[str]) -> tuple[Backend, ...]:
    """Return the backends, each environment with all that its loop, the benchmarks and the passes need."""
    return tuple(
        replace(backend, environment=with_worker_requirements(backend.environment, backend.loop, needs))
        if backend.environment
        else backend
        for backend in backends
    )


def announce_environments(backends: Iterable[Backend], announce: Announce) -> None:
    """Announce every environment that is going to be made: it takes its time before anything else happens."""
    own = (backend.environment for backend in backends if backend.environment)
    for environment in dict.fromkeys(environment for environment in own if not is_built(environment)):
        requirements = ", ".join(environment.requirements)
        announce(f"making environment {environment.name}: Python {environment.python}, {requirements}")
