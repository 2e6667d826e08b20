"""Environment variables of workers: which are passed on, how they are read, and which are missed."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from harness.backends.backend import Backend, Loop, SetVariables, Variable
from harness.errors import BadInput

INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The variables that every worker has as they are: without them many libraries do not load."""

RESERVED = "TMPDIR"
"""The variable that tells a worker its own folder: what it leaves there is found and removed."""

SWITCHES = ("PYTHON*", "MALLOC_*", "GLIBC_TUNABLES", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES")
"""Patterns of variables that change what Python is or how fast it runs."""

HARMLESS = frozenset(
    {
        "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONIOENCODING",
        "PYTHONUTF8", "PYTHONSTARTUP", "PYTHON_COLORS", "PYTHON_HISTORY", "PYTHON_BASIC_REPL",
        "PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_GET_PIP_URL", "PYTHON_GET_PIP_SHA256",
        "PYTHON_PIP_VERSION",
    }
)  # fmt: skip
"""Variables of that kind that change neither, of which container images set some."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_VALUE = 4096


def read_variable(option: str, words: str) -> Variable:
    """Read NAME or NAME=VALUE. Raises BadInput for what no worker can be given, beginning with `option`."""
    name, equals, value = words.partition("=")
    return checked_variable(option, (name, value if equals else None))


def checked_variable(option: str, variable: Variable) -> Variable:
    """Return a variable. Raises BadInput, beginning with `option`, for one that no worker can be given."""
    name, value = variable
    if not _NAME.fullmatch(name):
        raise BadInput(f"{option} {name!r} is no environment variable: write NAME or NAME=VALUE")
    if name == RESERVED:
        raise BadInput(f"{option} {name}: workers have a folder of their own there; leave it out")
    if value is None and name not in os.environ:
        raise BadInput(f"{option} {name}: it is not set here; set it, or write {name}=VALUE")
    if value is not None and (len(value) > _LONGEST_VALUE or not value.isprintable()):
        raise BadInput(f"{option} {name}: its value is too long, or not on one line")
    return name, value


def is_variable(words: str) -> bool:
    """Whether a word of an environment's definition is NAME=VALUE, which no requirement is."""
    name, equals, value = words.partition("=")
    return bool(equals and _NAME.fullmatch(name)) and not value.startswith("=")


def merged(*variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """Return each variable once; what comes later counts."""
    return tuple({name: value for several in variables for name, value in several}.items())


def values_of(variables: Iterable[Variable], environ: Mapping[str, str]) -> SetVariables:
    """Return the variables with the values that a worker is given."""
    return tuple((name, environ.get(name, "") if value is None else value) for name, value in variables)


def missed(environ: Mapping[str, str], backends: Iterable[Backend]) -> Iterator[str]:
    """Yield the variables that are set, could change what is measured, and are passed to no worker."""
    backends = tuple(backends)
    passed = {*HARMLESS, *(name for backend in backends for name, _ in backend.variables)}
    patterns = (*SWITCHES, *(f"{switch}_*" for switch in _switches(backend.loop for backend in backends)))
    for name in sorted(environ):
        if name not in passed and any(fnmatchcase(name, pattern) for pattern in patterns):
            yield name


def _switches(loops: Iterable[Loop]) -> set[str]:
    """Return what the names of the loops' own variables begin with: RSLOOP for rsloop."""
    names = {name for loop in loops for name in (loop.name, loop.distribution) if name}
    return {re.sub(r"\W", "_", name).upper() for name in names}


def worker_environment(folder: str, variables: SetVariables) -> dict[str, str]:
    """Build a worker's environment variables: none like PYTHONASYNCIODEBUG is inherited unless asked for."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "LANG": "C.UTF-8", **dict(variables), RESERVED: folder}
