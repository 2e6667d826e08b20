"""The folder of a site: what differs is written, and what is left over removed."""

from contextlib import suppress
from pathlib import Path

from harness.errors import BadInput, CannotWrite
from harness.store.files import cannot_write

OTHER = "-o FOLDER"
"""The option that chooses another folder for a site."""


class Site:
    """A folder being written: writes what differs, and removes what is left over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: set[Path] = set()
        self._written: set[Path] = set()

    @property
    def written(self) -> int:
        """How many files were written."""
        return len(self._written)

    def put(self, name: str, text: str) -> None:
        """A file of this text; not written where it is there already. Raises CannotWrite."""
        path, data = self.folder / name, text.encode()
        self.keep(name)
        with suppress(OSError):
            if path.read_bytes() == data:
                return
        try:
            _replace(path, data)
        except OSError as error:
            raise cannot_write(path, error, OTHER) from None
        self._written.add(path)

    def keep(self, name: str) -> None:
        """A file that is there and stays as it is."""
        self._kept.add(self.folder / name)

    def sweep(self) -> None:
        """Remove what an earlier build wrote and this one did not. Raises CannotWrite."""
        for part in ("records", "loops", "scenarios", "badges", "assets", "api"):
            for path in (self.folder / part).rglob("*"):
                if path.is_file() and path not in self._kept:
                    _remove(path)


def _replace(path: Path, data: bytes) -> None:
    """The old file or the new one is there, never half of either.

    Not synced as what was measured is: a site can be made again.
    """
    half = path.with_name(f".{path.name}-half")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        half.write_bytes(data)
        half.replace(path)
    except BaseException:
        with suppress(OSError):
            half.unlink()
        raise


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise CannotWrite(
            f"{path} cannot be removed: {error.strerror}; make it writable, or {OTHER} chooses another"
        ) from None


def holds_a_file(folder: Path) -> bool:
    """Whether a file is in it, however deep. Raises BadInput where it is no folder, or cannot be read."""
    try:
        return any(not _is_folder(path) or holds_a_file(path) for path in folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        raise BadInput(f"{folder} is no folder: {OTHER} chooses another") from None
    except OSError as error:
        raise BadInput(f"{folder} cannot be read: {error.strerror}; {OTHER} chooses another") from None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
