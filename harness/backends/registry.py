"""The loops and backends that can be named, and how their names are read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from harness.backends.backend import LOOPS, Backend, EnvironmentSpec, Loop, is_loop_name
from harness.backends.families import FAMILIES
from harness.backends.third_party import third_party_loops
from harness.errors import BadInput

DEFAULT_BACKENDS = ("asyncio+gather", "uvloop+gather", "trio+nursery")


DEFAULT_BASELINE = "asyncio+gather"


def known_loops(extra: Iterable[Loop] = ()) -> tuple[Loop, ...]:
    """Return every loop that can be named: built in, brought by an installed distribution, or the user's own.

    The user's own counts before another of its name.
    """
    loops = (*LOOPS, *third_party_loops(), *extra)
    return tuple({loop.name: loop for loop in loops}.values())


def known_backends(extra: Iterable[Loop] = ()) -> tuple[Backend, ...]:
    """Return every backend that can be named: the default ones first, then each loop's other gatherers."""
    loops = known_loops(extra)
    first = [Backend(loop, FAMILIES[loop.family][0]) for loop in loops]
    rest = [Backend(loop, name) for loop in loops for name in FAMILIES[loop.family][1:]]
    return (*first, *rest)


def find_backend(
    name: str, extra: Sequence[Loop] = (), environments: Iterable[EnvironmentSpec] = ()
) -> Backend:
    """Find the backend of this name, `LOOP+GATHERER@ENV`; a bare loop name means its default gatherer.

    Raises BadInput where there is none, naming the nearest.
    """
    own_name, separator, environment_name = name.partition("@")
    backend = _find_backend(own_name, extra)
    if not separator:
        return backend
    environment = find_environment(environment_name, environments)
    return replace(backend, environment=environment, variables=environment.variables)


_DEFAULT_GATHERERS = {gatherers[0] for gatherers in FAMILIES.values()}


def short_name(backend: str) -> str:
    """Return the shortest name by which this backend is found, such as `uvloop@py312`.

    It leaves out the gatherer where that is the loop's default, and is the whole name where it is another.
    """
    own_name, sign, environment = backend.partition("@")
    loop, _, gatherer = own_name.partition("+")
    return loop + sign + environment if gatherer in _DEFAULT_GATHERERS else backend


def find_environment(name: str, environments: Iterable[EnvironmentSpec]) -> EnvironmentSpec:
    """Find the environment of this name. Raises BadInput where there is none, saying how to define it."""
    for environment in environments:
        if environment.name == name:
            return environment
    raise BadInput(
        f"no environment is called {name!r}: define it in [tool.loopcmp.environments], "
        "or as --env NAME=PYTHON, such as --env py312=3.12"
    )


def _find_backend(name: str, extra: Sequence[Loop]) -> Backend:
    known = {backend.name: backend for backend in known_backends(extra)}
    for backend in known.values():
        if name in (backend.name, backend.loop.name):
            return backend
    loops = [loop.name for loop in known_loops(extra)]
    nearest = get_close_matches(name, known if "+" in name else loops, n=1)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise BadInput(f"no backend is called {name!r}: {hint}`loopcmp list backends` shows them all")


def read_loop(words: str) -> Loop:
    """Read a loop from the command line's NAME=module:factory. Raises BadInput if it has another shape."""
    name, equals, factory = words.partition("=")
    module, colon, attribute = factory.partition(":")
    if not (equals and colon and name and module and attribute):
        raise BadInput(
            f"--loop {words!r} has not the shape NAME=module:factory, "
            "for example --loop mine=mypackage:new_event_loop"
        )
    if not is_loop_name(name):
        raise BadInput(
            f"--loop {words!r}: {name!r} cannot name a loop; choose a new name of letters and digits"
        )
    return Loop(name, factory=factory)
