"""The user's own scenario files: which ones a path, a folder or a glob on the command line means."""

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.errors import BadInput

_IMPORTS_US = re.compile(rb"^\s*(from|import)\s+harness\b", re.MULTILINE)
"""What a file that defines scenarios has, and a helper beside it need not."""


def is_path(word: str) -> bool:
    """Whether a word means a file or a folder, and not a name."""
    return word.endswith(".py") or "/" in word or word == "."


def scenario_files(words: Iterable[str]) -> tuple[str, ...]:
    """Return the files that the words mean, each once, as they were typed.

    Raises BadInput for a word that means none.
    """
    once: dict[Path, str] = {}
    for word in words:
        for path in _files(word):
            once.setdefault(Path(path).resolve(), path)
    return tuple(once.values())


def check_python(path: str) -> None:
    """Raise BadInput for the path of what is no Python file."""
    if not path.endswith(".py"):
        raise BadInput(f"{path} is no Python file: its name must end in .py")


def _files(word: str) -> list[str]:
    if Path(word).is_dir():
        return _with_scenarios(word, _below(word))
    if Path(word).is_file():
        check_python(word)
        return [word]
    if glob.escape(word) != word:
        return _with_scenarios(word, sorted(glob.glob(word, recursive=True)))  # noqa: PTH207 - absolute ones too
    raise BadInput(f"there is no scenario file {word}")


def _below(folder: str) -> Iterator[str]:
    """Yield the Python files in a folder and its folders, without hidden ones and virtual environments."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__")) and not (Path(place) / name / "pyvenv.cfg").exists()
        )
        yield from (os.path.normpath(f"{place}/{name}") for name in sorted(files) if name.endswith(".py"))


def _with_scenarios(word: str, paths: Iterable[str]) -> list[str]:
    """Return the files among these that import what scenarios need. Raises BadInput if none does."""
    importing = [
        path for path in paths if path.endswith(".py") and _IMPORTS_US.search(Path(path).read_bytes())
    ]
    if not importing:
        raise BadInput(f"{word} has no scenario file: one imports harness.scenario, and its name ends in .py")
    return importing
