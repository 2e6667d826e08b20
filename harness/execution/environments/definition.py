"""An environment is defined by a name, a Python and requirements, which are checked before uv sees them."""

import importlib.metadata
import platform
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.backends.backend import EnvironmentSpec, Loop
from harness.errors import BadInput

HERE = "here"
"""The name of loopcmp's own environment, which no other can take."""

WORKER_REQUIREMENTS = ("anyio", "pyperf")
"""The distributions that every worker needs."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")
_PYTHON = re.compile(r"[A-Za-z0-9<>=~!][A-Za-z0-9<>=~!.,+@*_-]{0,60}")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FROM = {"https", "git+https"}
"""The schemes by which a requirement may come: a path would be published, and exist nowhere else."""


def define(name: str, python: str = "", requirements: Iterable[str] = ()) -> EnvironmentSpec:
    """Define an environment of this name; without a `python`, it has this one's version.

    Raises BadInput for what cannot be handed to uv, or published with a record.
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
    )


def read_environment(words: str) -> EnvironmentSpec:
    """Read an environment from the command line's "NAME=PYTHON REQUIREMENT REQUIREMENT…"."""
    name, _, rest = words.partition("=")
    python, *requirements = rest.split() or [""]
    return define(name, python, requirements)


def _checked(name: str, words: str) -> str:
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
    named = {canonicalize_name(Requirement(requirement).name) for requirement in environment.requirements}
    needed = [*WORKER_REQUIREMENTS, *needs, *([loop.distribution] if loop.distribution else [])]
    added = [
        requirement for requirement in needed if canonicalize_name(Requirement(requirement).name) not in named
    ]
    return replace(
        environment, requirements=(*dict.fromkeys(map(_as_here, added)), *environment.requirements)
    )


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
