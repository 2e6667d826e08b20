"""A backend: an event loop, how awaitables are run side by side on it, and in which environment."""

import re
from dataclasses import dataclass

from harness.backends.families import check_family

Variable = tuple[str, str | None]
"""An environment variable of workers and its value; None for the value that it has where loopcmp runs."""

SetVariables = tuple[tuple[str, str], ...]
"""Environment variables as a worker is given them, each with its value."""


@dataclass(frozen=True, slots=True)
class Loop:
    """An event loop: where its factory is, and the distribution that brings it.

    `family` is a name in FAMILIES; `factory` is "module:attribute", or empty for what the family's own
    library makes.
    """

    name: str
    family: str = "asyncio"
    factory: str = ""
    distribution: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a family that nobody knows."""
        check_family(self.family)

    @property
    def module(self) -> str:
        """The module that must be importable for this loop to run."""
        return self.factory.partition(":")[0] or self.family

    @property
    def is_ours(self) -> bool:
        """Whether loopcmp itself brings it: a variant of a loop of the standard library."""
        return self.module.partition(".")[0] == "harness"


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """A virtual environment as it is asked for: its name, which Python, and what is installed in it.

    `python` is what uv calls a request, such as 3.12; `requirements` are those of pip. `variables` are
    environment variables that workers there have besides.
    """

    name: str
    python: str
    requirements: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()

    @property
    def definition(self) -> str:
        """What defines it after --env on a command line."""
        variables = (name if value is None else f"{name}={value}" for name, value in self.variables)
        return " ".join((f"{self.name}={self.python}", *variables, *self.requirements))


@dataclass(frozen=True, slots=True)
class Backend:
    """A loop and a gatherer: what a scenario runs on; in loopcmp's own environment if it names none.

    `variables` are environment variables that its workers have, those of its environment among them.
    """

    loop: Loop
    gatherer: str
    environment: EnvironmentSpec | None = None
    variables: tuple[Variable, ...] = ()

    @property
    def name(self) -> str:
        """The backend's name everywhere: `uvloop+gather`, or `uvloop+gather@py312`."""
        own = f"{self.loop.name}+{self.gatherer}"
        return own if self.environment is None else f"{own}@{self.environment.name}"


LOOPS: tuple[Loop, ...] = (
    Loop("asyncio"),
    Loop("uvloop", factory="uvloop:new_event_loop", distribution="uvloop"),
    Loop("trio", family="trio", distribution="trio"),
)
"""The loops that come built in, in the order they are shown."""


def is_loop_name(name: str) -> bool:
    """Whether a loop that does not come built in may have this name."""
    taken = name in {loop.name for loop in LOOPS} or name.startswith("asyncio-")
    return not taken and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,40}", name) is not None
