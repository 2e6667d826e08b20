"""An environment is defined by a name, a Python and requirements, which are checked before uv sees them.

It may have environment variables too.
"""

import importlib.metadata
import platform
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.backends.backend import EnvironmentSpec, Loop, Variable
from harness.backends.local_sources import EDITABLE, local_path
from harness.backends.variables import checked_variable, is_variable, read_variable
from harness.errors import BadInput

HERE = "here"
"""The name of loopcmp's own environment, which no other can take."""

WORKER_REQUIREMENTS = ("anyio", "pyperf")
"""The distributions that every worker needs."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")
_PYTHON = re.compile(r"[A-Za-z0-9<>=~!][A-Za-z0-9<>=~!.,+@*_-]{0,60}")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_IMPLEMENTATIONS = {"", "python", "cpython", "cp", "pypy", "pp", "graalpy", "gp", "pyodide"}
"""What a Python that uv is asked for may begin with, before its version."""

_FROM = {"https", "git+https"}
"""The schemes by which a requirement may come from elsewhere: a reader of a record can use these."""


def define(
    name: str, python: str = "", requirements: Iterable[str] = (), variables: Iterable[Variable] = ()
) -> EnvironmentSpec:
    """Define an environment of this name; without a `python`, it has this one's version.

    Raises BadInput for what cannot be handed to uv or to a worker.
    """
    if not _NAME.fullmatch(name) or name == HERE:
        raise BadInput(f"{name!r} cannot name an environment: use letters, digits, dots and dashes")
    if python and not _PYTHON.fullmatch(python):
        raise BadInput(
            f"environment {name}: python {python!r} is no version: write one such as 3.12 or 3.13t"
        )
    return EnvironmentSpec(
        name,
        python or platform.python_version(),
        tuple(_checked(name, requirement) for requirement in requirements),
        tuple(checked_variable(f"environment {name}:", variable) for variable in variables),
    )


def local_requirements(environment: EnvironmentSpec) -> tuple[str, ...]:
    """Return what is installed from this machine's own folders: no reader of a record could have it."""
    return tuple(words for words in environment.requirements if local_path(words) is not None)


def read_environment(words: str) -> EnvironmentSpec:
    """Read an environment from the command line's "NAME=PYTHON VARIABLE=VALUE… REQUIREMENT…"."""
    name, _, rest = words.partition("=")
    python, *others = rest.split() or [""]
    if _is_no_python(python):
        raise BadInput(
            f"environment {name}: {python!r} is no Python, which comes first: "
            f"write --env '{name}={'.'.join(platform.python_version_tuple()[:2])} {rest}'"
        )
    variables = [read_variable(f"environment {name}:", word) for word in others if is_variable(word)]
    return define(name, python, _requirements(word for word in others if not is_variable(word)), variables)


def _is_no_python(word: str) -> bool:
    """Whether a word is a requirement, a path or a variable where an environment's Python is expected."""
    begins_with = re.match(r"[A-Za-z_]*", word)
    unknown = begins_with is not None and begins_with[0].lower() not in _IMPLEMENTATIONS
    return is_variable(word) or local_path(word) is not None or word in _EDITABLE or unknown


_EDITABLE = {"-e", "--editable"}


def _requirements(words: Iterable[str]) -> Iterator[str]:
    """Yield the requirements, each option for what is used where it lies together with its path."""
    remaining = iter(words)
    for word in remaining:
        yield f"{EDITABLE}{next(remaining, '')}" if word in _EDITABLE else word


def _checked(name: str, words: str) -> str:
    if (path := local_path(words)) is not None:
        if not path.exists():
            raise BadInput(f"environment {name}: there is no {path} in this folder")
        return words
    if words.startswith((EDITABLE, "/", "~", "..")):
        raise BadInput(
            f"environment {name}: {words!r} is no requirement: a package of your own is named from the "
            "folder that loopcmp is started in, such as '-e .' or ./lib"
        )
    try:
        requirement = Requirement(words)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise BadInput(f"environment {name}: {words!r} is no requirement: {reason}") from None
    if requirement.url is not None:
        url = urlsplit(requirement.url)
        if url.scheme not in _FROM or "@" in url.netloc:
            raise BadInput(
                f"environment {name}: {requirement.name} comes from where no reader of a record can get it: "
                "use an index, https:// or git+https://, without a user's name in it"
            )
    return words


def check_versions(versions: Iterable[tuple[str, str]]) -> None:
    """Check pairs of name and version; raise BadInput for another pair, in which uv might find an option."""
    for name, version in versions:
        try:
            Version(version)
        except InvalidVersion:
            raise BadInput(f"{version!r} is no version of {name!r}") from None
        if not _DISTRIBUTION.fullmatch(name):
            raise BadInput(f"{name!r} names no distribution")


def with_worker_requirements(
    environment: EnvironmentSpec, loop: Loop, needs: Iterable[str]
) -> EnvironmentSpec:
    """Return the environment with all that a worker needs there for a loop, and what scenarios need.

    What is not asked for by name is taken in the version that is installed here, so that only what
    is asked for differs between environments.
    """
    named = set(_named(environment.requirements))
    needed = [*WORKER_REQUIREMENTS, *needs, *([loop.distribution] if loop.distribution else [])]
    added = [
        requirement for requirement in needed if canonicalize_name(Requirement(requirement).name) not in named
    ]
    return replace(
        environment, requirements=(*dict.fromkeys(map(_as_here, added)), *environment.requirements)
    )


def _named(requirements: Iterable[str]) -> Iterator[str | None]:
    """Yield the name of each distribution that is asked for, a package of the user's own among them."""
    for requirement in requirements:
        path = local_path(requirement)
        yield canonicalize_name(Requirement(requirement).name) if path is None else _project_name(path)


def _project_name(path: Path) -> str | None:
    """Return the name of the distribution whose source is in a folder; None where it says none."""
    try:
        project = tomllib.loads((path / "pyproject.toml").read_text("utf-8")).get("project", {})
        return canonicalize_name(project["name"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError):
        return None


def _as_here(words: str) -> str:
    """Return the requirement, in the version that is installed here if it says none."""
    requirement = Requirement(words)
    if requirement.specifier or requirement.url:
        return words
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return words
    return f"{words}=={version}" if "+" not in version else words
