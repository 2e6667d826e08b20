"""The configuration of a project: `[tool.loopcmp]` in the nearest pyproject.toml."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import BadInput
from harness.records.store.regular_files import LARGEST_SETTINGS, read_regular

PROJECT = "pyproject.toml"


class EnvironmentTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[tool.loopcmp.environments.NAME]`; an empty `python` is the version that loopcmp runs on.

    `variables` are environment variables of workers there, with their values.
    """

    python: str = ""
    requirements: tuple[str, ...] = ()
    variables: dict[str, str] = {}


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The table `[tool.loopcmp]`; a key that is not here is refused.

    `limits` are patterns over cases with how much slower than before they may be: see harness.analysis.gate.
    `loops` are factories by name, "module:factory"; `environments` are definitions by name.
    """

    limits: dict[str, str] = {}
    loops: dict[str, str] = {}
    environments: dict[str, EnvironmentTable] = {}


def read_configuration(folder: Path) -> Configuration:
    """Return the configuration of the project that `folder` is in; an empty one where there is none.

    Raises BadInput for a file that is no TOML, or a table of another shape.
    """
    for place in (folder, *folder.parents):
        if (file := place / PROJECT).is_file():
            return _read(file)
    return Configuration()


def _read(file: Path) -> Configuration:
    try:
        content = read_regular(file, LARGEST_SETTINGS).decode()
        table: Any = tomllib.loads(content).get("tool", {}).get("loopcmp", {})
        return msgspec.convert(table, Configuration)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, RecursionError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from None
    except msgspec.ValidationError as error:
        raise BadInput(f"{file}, [tool.loopcmp]: {error}") from None
