"""The environments that were made before, and the Pythons that uv finds."""

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
from harness.execution.environments.building import (
    DEFINITION,
    OLDEST_PYTHON,
    cache,
    environment_of_uv,
    python_in,
)
from harness.records.store.regular_files import LARGEST_SETTINGS, read_regular

_PATIENCE = 60.0
"""The seconds within which uv must say what it finds."""


@dataclass(frozen=True, slots=True)
class BuiltEnvironment:
    """An environment that was made: what was asked for, and what that came to."""

    environment: EnvironmentSpec
    python: str
    versions: tuple[tuple[str, str], ...]


def built_from(environment: EnvironmentSpec) -> Iterator[BuiltEnvironment]:
    """Yield the environments that were made of this definition and what each loop needs besides."""
    for file in sorted(cache().glob(f"*/{DEFINITION}")):
        asked = _read(file)
        same = asked is not None and (asked.name, asked.python) == (environment.name, environment.python)
        exists = python_in(file.parent).exists()
        if asked and same and exists and set(environment.requirements) <= set(asked.requirements):
            yield _built_environment(asked, file.parent)


def _read(file: Path) -> EnvironmentSpec | None:
    try:
        data = read_regular(file, LARGEST_SETTINGS)
        return EnvironmentSpec(*msgspec.json.decode(data, type=tuple[str, str, tuple[str, ...]]))
    except (OSError, msgspec.MsgspecError):
        return None


def _built_environment(asked: EnvironmentSpec, folder: Path) -> BuiltEnvironment:
    match = re.search(r"^version_info = (\S+)$", (folder / "pyvenv.cfg").read_text(), re.MULTILINE)
    installed = distributions(path=[str(path) for path in (folder / "lib").glob("python*/site-packages")])
    versions = tuple(sorted((entry.name, entry.version) for entry in installed))
    return BuiltEnvironment(asked, match[1] if match else "", versions)


def installed_pythons() -> tuple[str, ...]:
    """Return the versions of every CPython that uv finds here and workers can run on, oldest first."""
    done = subprocess.run(
        [uv.find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"],
        env=environment_of_uv(os.environ),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    match = {
        tuple(entry["version_parts"][part] for part in ("major", "minor", "patch"))
        for entry in json.loads(done.stdout or "[]")
        if entry["implementation"] == "cpython"
    }
    return tuple(".".join(map(str, version)) for version in sorted(match) if version[:2] >= OLDEST_PYTHON)
