"""Packages that are installed from a folder or file below the current one, and the digest of their source.

A version says nothing of code that is being worked on; a digest does.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

EDITABLE = "-e "
"""What stands before the path of a package that is used where it lies, and not copied."""

_LOCAL = re.compile(r"(?P<path>\.(?:/[A-Za-z0-9._+-]+)*/?)(?P<extras>\[[A-Za-z0-9,._-]+\])?")
"""A path at or below the current folder: a record that names it names nothing else of a machine."""

_SOURCES = {
    ".py",
    ".pyx",
    ".pxd",
    ".pyi",
    ".c",
    ".h",
    ".cc",
    ".cpp",
    ".hpp",
    ".rs",
    ".zig",
    ".go",
    ".toml",
    ".cfg",
}
_ASIDE = {"build", "dist", "target", "node_modules", "results", "__pycache__"}


def local_path(requirement: str) -> Path | None:
    """Return the path that a requirement such as "-e ./lib[fast]" names; None for one that names none."""
    match = _LOCAL.fullmatch(requirement.removeprefix(EDITABLE))
    if match is None or ".." in Path(match["path"]).parts:
        return None
    return Path(match["path"])


def source_digest(path: Path) -> str:
    """Return the digest of a package's file, or of all source files in its folder, in short."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(_sources_in(path)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(path)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def _sources_in(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if (
                entry.name not in _ASIDE
                and not entry.name.startswith(".")
                and not (entry / "pyvenv.cfg").exists()
            ):
                yield from _sources_in(entry)
        elif entry.suffix in _SOURCES and entry.is_file():
            yield entry


def version_with_source(distribution: Distribution) -> str:
    """Return an installed version; with the digest of its source, `1.0+src.0123…`, where it is local."""
    version = distribution.version
    url = urlsplit(json.loads(distribution.read_text("direct_url.json") or "{}").get("url", ""))
    path = Path(url2pathname(url.path))
    if url.scheme != "file" or not path.exists():
        return version
    return f"{version}{'.' if '+' in version else '+'}{SOURCE}{source_digest(path)}"


SOURCE = "src."
"""What stands before the digest in the local part of a version."""
