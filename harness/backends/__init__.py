"""The only place that names an event loop: which loops there are, and how a backend's name is read.

Importing this package imports no loop; a worker opens one with `open_backend`.
"""

import importlib
import importlib.util
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from harness.backends.runtime import Running
from harness.errors import BadInput
from harness.protocol.descriptions import Family

GATHERERS: dict[Family, tuple[str, ...]] = {
    "asyncio": ("gather", "taskgroup", "anyio"),
    "trio": ("nursery", "anyio"),
}
"""The gatherers of each family of loops; the first is the default."""


@dataclass(frozen=True, slots=True)
class Loop:
    """An event loop: where its factory is, and the distribution that brings it.

    `factory` is "module:attribute", or empty for what the family's own library makes.
    """

    name: str
    family: Family = "asyncio"
    factory: str = ""
    distribution: str = ""

    @property
    def module(self) -> str:
        """The module that must be importable for this loop to run."""
        return self.factory.partition(":")[0] or self.family

    @property
    def is_ours(self) -> bool:
        """Whether loopcmp itself brings it: a variant of a loop of the standard library."""
        return self.module.partition(".")[0] == "harness"


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment as it is asked for: its name, which Python, and what is installed in it.

    `python` is what uv calls a request, such as 3.12; `requirements` are those of pip.
    """

    name: str
    python: str
    requirements: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What defines it after --env on a command line."""
        return " ".join((f"{self.name}={self.python}", *self.requirements))


@dataclass(frozen=True, slots=True)
class Backend:
    """A loop and a gatherer: what a scenario runs on; in loopcmp's own environment without a `venv`."""

    loop: Loop
    gatherer: str
    venv: Venv | None = None

    @property
    def name(self) -> str:
        """The backend's name everywhere: `uvloop+gather`, or `uvloop+gather@py312`."""
        own = f"{self.loop.name}+{self.gatherer}"
        return own if self.venv is None else f"{own}@{self.venv.name}"


LOOPS: tuple[Loop, ...] = (
    Loop("asyncio"),
    Loop("uvloop", factory="uvloop:new_event_loop", distribution="uvloop"),
    Loop("trio", family="trio", distribution="trio"),
)
"""The loops that come built in, in the order they are shown."""

DEFAULT_BACKENDS = ("asyncio+gather", "uvloop+gather", "trio+nursery")
DEFAULT_BASELINE = "asyncio+gather"


def known_loops(extra: Iterable[Loop] = ()) -> tuple[Loop, ...]:
    """Every loop that can be named: built in, brought by an installed distribution, or the user's own.

    The user's own counts before another of its name.
    """
    from harness.backends.third_party import other_loops  # noqa: PLC0415 - workers never need it

    loops = (*LOOPS, *other_loops(), *extra)
    return tuple({loop.name: loop for loop in loops}.values())


def known_backends(extra: Iterable[Loop] = ()) -> tuple[Backend, ...]:
    """Every backend that can be named: the default ones first, then each loop's other gatherers."""
    loops = known_loops(extra)
    first = [Backend(loop, GATHERERS[loop.family][0]) for loop in loops]
    rest = [Backend(loop, name) for loop in loops for name in GATHERERS[loop.family][1:]]
    return (*first, *rest)


def find_backend(name: str, extra: Sequence[Loop] = (), venvs: Iterable[Venv] = ()) -> Backend:
    """The backend of this name, `LOOP+GATHERER@ENV`; a bare loop name means its default gatherer.

    Raises BadInput where there is none, naming the nearest.
    """
    own, at, where = name.partition("@")
    found = _find_backend(own, extra)
    return replace(found, venv=find_venv(where, venvs)) if at else found


def find_venv(name: str, venvs: Iterable[Venv]) -> Venv:
    """The environment of this name. Raises BadInput where there is none, saying how to define it."""
    for venv in venvs:
        if venv.name == name:
            return venv
    raise BadInput(
        f"no environment is called {name!r}: define it in [tool.loopcmp.environments], "
        "or as --env NAME=PYTHON, such as --env py312=3.12"
    )


def _find_backend(name: str, extra: Sequence[Loop]) -> Backend:
    known = {backend.name: backend for backend in known_backends(extra)}
    for backend in known.values():
        if name in (backend.name, backend.loop.name):
            return backend
    from difflib import get_close_matches  # noqa: PLC0415 - workers import this module and never err

    loops = [loop.name for loop in known_loops(extra)]
    near = get_close_matches(name, known if "+" in name else loops, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise BadInput(f"no backend is called {name!r}: {hint}`loopcmp list backends` shows them all")


def read_loop(words: str) -> Loop:
    """A loop from the command line's NAME=module:factory. Raises BadInput if it has another shape."""
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


def is_loop_name(name: str) -> bool:
    """Whether a loop that does not come built in may have this name."""
    taken = name in {loop.name for loop in LOOPS} or name.startswith("asyncio-")
    return not taken and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,40}", name) is not None


class State(StrEnum):
    """Whether a loop can be run with this Python, from what is known without importing it."""

    AVAILABLE = "available"
    MISSING = "not installed"
    UNFIT = "not for this Python or platform"


def state_of(loop: Loop) -> State:
    """Whether a loop can be run here."""
    from harness.backends.third_party import why_unfit  # noqa: PLC0415 - workers never need it

    if why_unfit(loop):
        return State.UNFIT
    return State.MISSING if why_unavailable(loop) else State.AVAILABLE


def why_unavailable(loop: Loop) -> str | None:
    """Why this loop cannot run here, with what to type; None if its package is there."""
    from harness.backends.third_party import why_unfit  # noqa: PLC0415 - workers never need it

    if why := why_unfit(loop):
        return why
    top = loop.module.partition(".")[0]
    if importlib.util.find_spec(top) is not None:
        return None
    if loop.distribution:
        return f"{loop.distribution} is not installed: pip install {loop.distribution}"
    return f"no module named {top!r}: install the package that brings it"


def version_of(loop: Loop) -> str:
    """The installed version of the loop's distribution; empty where it has none of its own."""
    import importlib.metadata  # noqa: PLC0415 - 40 ms, which no worker needs to pay

    try:
        return importlib.metadata.version(loop.distribution) if loop.distribution else ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def open_backend(backend: Backend) -> Running:
    """Import what the backend needs and say how to run on it; only workers call this.

    Raises ImportError where its package is missing, and what the package raises when imported.
    """
    family = importlib.import_module(f"harness.backends.families.{backend.loop.family}")
    opened: Running = family.open_backend(backend.loop.factory, backend.gatherer)
    return opened
