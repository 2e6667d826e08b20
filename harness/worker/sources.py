"""Which files a scenario consists of: its module, what it imports from beside it, and data files it names.

They are found by reading import statements, also those inside functions, and texts: what was imported by now
would depend on what else this process has listed. A name that is put together when the program runs is not
seen.
"""

import ast
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePath
from types import ModuleType

OURS = "harness"
"""The package whose version every record states anyway."""


def digests_of(module: ModuleType) -> tuple[tuple[str, str], ...] | None:
    """Return the files that make up a module, each with its SHA-256; None for a module that has no file.

    A file is named from the folder that holds the module, or its topmost package: no path leaves this
    machine.
    """
    if module.__file__ is None:
        return None
    file, root = Path(module.__file__), _root(module)
    seen: set[Path] = set()
    waiting = [file, *_files(root, tuple(module.__name__.split(".")[:-1]))]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imported_files(path, root, _package(module))
    seen.update(*map(named_files, tuple(seen)))
    return tuple(sorted((path.relative_to(root).as_posix(), digest_of_file(path)) for path in seen))


def _root(module: ModuleType) -> Path:
    """Return the folder in which the import of the module's topmost package, or of itself, begins."""
    file = Path(str(module.__file__))
    depth = module.__name__.count(".") + (1 if file.name == "__init__.py" else 0)
    return file.parents[depth]


def _package(module: ModuleType) -> str:
    """Return the topmost package of a module; "" for one that stands alone, whose neighbours are its own."""
    top, dot, _ = module.__name__.partition(".")
    return top if dot else ""


@cache
def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits; each file is read once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def imported_files(path: Path, root: Path, package: str) -> tuple[Path, ...]:
    """Return the files below `root` that a file imports; with a package, only those in it."""
    names = [name for node in syntax_of(path) for name in _names(node, path.relative_to(root).parent.parts)]
    own = (name for name in names if name[0] == package or (not package and name[0] != OURS))
    return tuple(file for name in dict.fromkeys(own) for file in _files(root, name))


@cache
def named_files(path: Path) -> tuple[Path, ...]:
    """Return the files in a module's folder that a text in it names, as `with_name("steps.txt")` does."""
    texts = (node.value for node in syntax_of(path) if isinstance(node, ast.Constant))
    names = dict.fromkeys(text for text in texts if isinstance(text, str))
    return tuple(file for name in names if (file := _file_named(name, path.parent)) is not None)


def _file_named(name: str, folder: Path) -> Path | None:
    """Return the regular file in a folder that a text names; None where it names none that can be read."""
    place = PurePath(name)
    if place.is_absolute() or ".." in place.parts:
        return None
    with suppress(OSError):  # a text may be longer than any name
        if (file := folder / place).is_file() and os.access(file, os.R_OK):
            return file
    return None


@cache
def syntax_of(path: Path) -> tuple[ast.AST, ...]:
    """Return the nodes of a module's syntax tree; none where it is no Python."""
    try:
        return tuple(ast.walk(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):
        return ()


def _names(node: ast.AST, folder: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the dotted names, in parts, that an import statement in a file of this folder may mean."""
    match node:
        case ast.Import(names=aliases):
            yield from (tuple(alias.name.split(".")) for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases, level=level):
            base = folder[: len(folder) - level + 1] if level else ()
            whole = (*base, *(module.split(".") if module else ()))
            yield from (name for alias in aliases if (name := (*whole, alias.name)))


def _files(root: Path, name: tuple[str, ...]) -> Iterator[Path]:
    """Yield the file of a module, and of every package on the way to it, as far as they are there."""
    for length in range(1, len(name) + 1):
        place = root.joinpath(*name[:length])
        for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if file.is_file():
                yield file
                break
