"""What there is already: the environments that were made, and the Pythons that uv finds."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import msgspec
import uv

from harness.backends.backend import EnvironmentSpec
from harness.execution.environments.building import DEFINITION, OLDEST, cache, environment_of_uv, python_in

_PATIENCE = 60.0
"""Seconds in which uv must say what it finds."""


@dataclass(frozen=True, slots=True)
class BuiltEnvironment:
    """An environment that was made: what was asked for, and what that came to."""

    venv: EnvironmentSpec
    python: str
    versions: tuple[tuple[str, str], ...]


def built_from(venv: EnvironmentSpec) -> Iterator[BuiltEnvironment]:
    """The environments that were made of this definition and what each loop needs besides."""
    for file in sorted(cache().glob(f"*/{DEFINITION}")):
        asked = _read(file)
        same = asked is not None and (asked.name, asked.python) == (venv.name, venv.python)
        there = python_in(file.parent).exists()
        if asked and same and there and set(venv.requirements) <= set(asked.requirements):
            yield _look(asked, file.parent)


def _read(file: Path) -> EnvironmentSpec | None:
    try:
        return EnvironmentSpec(*msgspec.json.decode(file.read_bytes(), type=tuple[str, str, tuple[str, ...]]))
    except (OSError, msgspec.MsgspecError):
        return None


def _look(asked: EnvironmentSpec, folder: Path) -> BuiltEnvironment:
    found = re.search(r"^version_info = (\S+)$", (folder / "pyvenv.cfg").read_text(), re.MULTILINE)
    installed = distributions(path=[str(path) for path in (folder / "lib").glob("python*/site-packages")])
    versions = tuple(sorted((one.name, one.version) for one in installed))
    return BuiltEnvironment(asked, found[1] if found else "", versions)


def installed_pythons() -> tuple[str, ...]:
    """The versions of every CPython on this machine that uv finds and workers can run on, oldest first."""
    done = subprocess.run(
        [uv.find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"],
        env=environment_of_uv(os.environ),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    found = {
        tuple(one["version_parts"][part] for part in ("major", "minor", "patch"))
        for one in json.loads(done.stdout or "[]")
        if one["implementation"] == "cpython"
    }
    return tuple(".".join(map(str, version)) for version in sorted(found) if version[:2] >= OLDEST)
