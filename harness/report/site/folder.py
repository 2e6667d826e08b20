"""The folder of a site: what differs is written, and what an earlier build left over is removed.

A file of the folder is the site's where the manifest lists it; every other is the user's and stays as it is.
"""

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import msgspec

from harness.errors import BadInput
from harness.report.site.api import INDEX, RecordIndex, decode
from harness.report.site.tree import OTHER, LockedFolder

MANIFEST = "loopcmp-manifest.json"
"""The file that lists what a build wrote; it is written before any file that it lists."""

_FIRST_INDEX = "api/v1/index.json"
"""The index of the first version of the JSON API, whose earliest builds wrote no manifest."""

_HALF = re.compile(r"\.loopcmp-[0-9a-f]{32}")
"""The name of a file that is being written, drawn anew by every build."""

_PAGE = re.compile(
    r"(?:(?:records|loops|scenarios|badges|assets|api/v[12](?:/records|/scenarios)?)/)?"
    r"[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(?:html|json|svg|css|js|xml)"
)
"""The names that a build writes, or an older one wrote: a manifest, which anybody may write, lists no other.
"""


class Manifest(msgspec.Struct, frozen=True):
    """What a build wrote: its files, and the version that made them, empty until a build came to its end."""

    made_by: str
    files: tuple[str, ...]


class SiteFolder:
    """A site's folder, locked while it is open: writes what differs, and removes what is left over."""

    def __init__(self, folder: Path) -> None:
        """Open the folder of a site, or of none yet.

        Raises BadInput where another build is at work, where something else is in it, and where what an
        earlier build wrote has been replaced by a symbolic link.
        """
        self._tree = LockedFolder(folder)
        try:
            self._manifest = _manifest(self._tree)
            self._listed = {name for name in self._manifest.files if self._tree.holds(name)}
        except BaseException:
            self._tree.close()
            raise
        self._claimed: frozenset[str] = frozenset()
        self._made_by = ""
        self._half = ""
        self._written: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tree.close()

    @property
    def made_by(self) -> str:
        """The version that made what is in the folder; empty if no build came to its end there."""
        return self._manifest.made_by

    @property
    def written(self) -> int:
        """How many files were written."""
        return len(self._written)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file that an earlier build wrote; None where there is none."""
        return self._tree.read(name) if name in self._listed else None

    def has(self, name: str) -> bool:
        """Decide whether an earlier build wrote this file, and it is there."""
        return name in self._listed

    def claim(self, names: Iterable[str], made_by: str) -> None:
        """Name the files that this build is going to write or keep, before it writes any.

        Raises BadInput for one that is the user's.
        """
        self._claimed = frozenset(names)
        for name in sorted(self._claimed | {MANIFEST}):
            if not is_site_file(name):
                raise ValueError(f"no site has a file called {name}")
            if name not in self._listed and name != MANIFEST and self._tree.holds(name):
                raise BadInput(
                    f"{self._tree.folder / name} is in the way of a page of that name, and no earlier build "
                    f"wrote it: move it away, or {OTHER} chooses another"
                )
        self._made_by = made_by if made_by == self.made_by else ""

    def put(self, name: str, text: str) -> None:
        """Write a claimed file of this text, unless it is there already. Raises CannotWrite."""
        if name not in self._claimed:
            raise ValueError(f"{name} was not claimed")
        if self.read(name) != text.encode():
            self._begin()
            self._write(name, text.encode())

    def finish(self, made_by: str) -> None:
        """Remove what an earlier build wrote and this one did not claim, and list the rest.

        Raises CannotWrite.
        """
        left_over = sorted(self._listed - self._claimed)
        for name in left_over:
            self._tree.remove(name)
        manifest = Manifest(made_by, tuple(sorted(self._claimed)))
        if manifest != self._manifest:
            self._half = self._half or half_written_name()
            self._list(manifest)

    def _begin(self) -> None:
        """List all that is there and all that will be, so that the next build can go on from here."""
        if not self._half:
            self._half = half_written_name()
            files = self._listed | self._claimed | {self._half}
            self._list(Manifest(self._made_by, tuple(sorted(files))))

    def _list(self, manifest: Manifest) -> None:
        self._write(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")

    def _write(self, name: str, data: bytes) -> None:
        self._tree.write(name, data, self._half)
        self._written.add(name)


def is_site_file(name: str) -> bool:
    """Decide whether a build may write a file of this name, or have left it half-written."""
    return (_PAGE.fullmatch(name) or _HALF.fullmatch(name)) is not None


def half_written_name() -> str:
    """Return a name under which a file is written before it has its own; another one at every call."""
    return f".loopcmp-{secrets.token_hex(16)}"


def _manifest(tree: LockedFolder) -> Manifest:
    """Return the manifest of what is in a folder; an empty one of an empty folder. Raises BadInput."""
    content = tree.read(MANIFEST)
    if content is None:
        return _without_manifest(tree)
    path, manifest = tree.folder / MANIFEST, decode(content, Manifest)
    if manifest is None:
        raise BadInput(f"{path} is no manifest of a site: {OTHER} chooses another folder")
    for name in manifest.files:
        if not is_site_file(name):
            raise BadInput(f"{path} lists {name!a}, which no build writes: {OTHER} chooses another folder")
    return manifest


def _without_manifest(tree: LockedFolder) -> Manifest:
    if not _holds_a_file(tree.folder):
        return Manifest("", ())
    if all(decode(tree.read(name) or b"", RecordIndex) is None for name in (INDEX, _FIRST_INDEX)):
        raise BadInput(f"{tree.folder} holds something that is no site of loopcmp: choose another folder")
    raise BadInput(
        f"{tree.folder} was built by an older loopcmp, which did not list its files: move away what is yours "
        f"in it, remove the rest and publish again, or {OTHER} chooses another"
    )


def _holds_a_file(folder: Path) -> bool:
    """Decide whether a file is in a folder, however deep, besides one that a killed build was writing."""
    try:
        return any(
            _holds_a_file(path) if _is_folder(path) else not _HALF.fullmatch(path.name)
            for path in folder.iterdir()
        )
    except OSError as error:
        raise BadInput(f"{folder} cannot be read: {error.strerror}; {OTHER} chooses another") from None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
