"""The files below one folder, reached step by step so that no symbolic link leads out of it."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from harness.errors import BadInput, CannotWrite
from harness.records.store.files import cannot_write

OTHER = "-o FOLDER"
"""The option that chooses another folder for a site."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY


class LockedFolder:
    """A folder that is open and locked, with the files below it; their names are relative, with slashes.

    Every folder on the way to a file is opened from the one above it without following a symbolic link, and
    the file is reached from there: a folder that becomes a link meanwhile is not followed either.
    """

    def __init__(self, folder: Path) -> None:
        """Open and lock the folder, made where it is not there. Raises BadInput where that cannot be done."""
        self.folder = folder
        self._root = _opened(folder)
        if not _locked(self._root):
            self.close()
            raise BadInput(f"another loopcmp is publishing to {folder}: wait for its end, then publish again")

    def close(self) -> None:
        """Close and unlock the folder."""
        os.close(self._root)

    def holds(self, name: str) -> bool:
        """Decide whether a file of this name is there.

        Raises BadInput where something else has the name, or a symbolic link is on the way to it.
        """
        try:
            with self._parent(name) as (parent, leaf):
                mode = os.stat(leaf, dir_fd=parent, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unreadable(self.folder / name, error) from None
        if not stat.S_ISREG(mode):
            raise _in_the_way(self.folder / name, mode, "no regular file")
        return True

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None where there is none. Raises BadInput as `holds` does."""
        if not self.holds(name):
            return None
        try:
            with self._parent(name) as (parent, leaf):
                file = os.open(leaf, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
            with os.fdopen(file, "rb") as opened:
                return opened.read()
        except OSError as error:
            raise _unreadable(self.folder / name, error) from None

    def write(self, name: str, data: bytes, half: str) -> None:
        """Write a file so that the old one or the new one is there, never a part of either.

        It is written under the name `half`, right in the folder, which nothing there may have yet, and is not
        durable: a site can be made again. `write_file` writes by path, and so would follow a folder on the
        way that becomes a symbolic link; this one is relative to folders that are open. Raises CannotWrite.
        """
        try:
            with self._parent(name, make=True) as (parent, leaf):
                self.create(half, data)
                try:
                    os.replace(half, leaf, src_dir_fd=self._root, dst_dir_fd=parent)
                except BaseException:
                    self._discard(half)
                    raise
        except OSError as error:
            raise cannot_write(self.folder / name, error, OTHER) from None

    def remove(self, name: str) -> None:
        """Remove a file. Raises CannotWrite."""
        try:
            with self._parent(name) as (parent, leaf):
                os.unlink(leaf, dir_fd=parent)
        except OSError as error:
            raise CannotWrite(
                f"{self.folder / name} cannot be removed: {error.strerror}; "
                f"make it writable, or {OTHER} chooses another"
            ) from None

    def create(self, name: str, data: bytes) -> None:
        """Write a new file right in the folder. Raises OSError, also where something has the name already."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        file = os.open(name, flags, 0o666, dir_fd=self._root)
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(data)
        except BaseException:
            self._discard(name)
            raise

    def _discard(self, name: str) -> None:
        with suppress(OSError):
            os.unlink(name, dir_fd=self._root)

    @contextmanager
    def _parent(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Give the open folder that a file is in, made on demand, and the last part of the file's name."""
        *folders, leaf = name.split("/")
        with ExitStack() as opened:
            parent, path = self._root, self.folder
            for part in folders:
                path /= part
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=parent)
                parent = _step(parent, part, path)
                opened.callback(os.close, parent)
            yield parent, leaf


def _opened(folder: Path) -> int:
    try:
        with suppress(FileNotFoundError):
            return os.open(folder, _FOLDER)
    except NotADirectoryError:
        raise BadInput(f"{folder} is no folder: {OTHER} chooses another") from None
    except OSError as error:
        raise _unreadable(folder, error) from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder, _FOLDER)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}; {OTHER} chooses another") from None


def _locked(folder: int) -> bool:
    """Lock an open folder until it is closed; return False if another process has it.

    On a file system that cannot lock a folder, as NFS, it stays unlocked: files are still replaced whole.
    """
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _step(parent: int, part: str, path: Path) -> int:
    """Open a folder in an open one. Raises BadInput where it is a symbolic link, or no folder."""
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
            raise
        mode = os.stat(part, dir_fd=parent, follow_symlinks=False).st_mode
        raise _in_the_way(path, mode, "no folder") from None


def _in_the_way(path: Path, mode: int, what: str) -> BadInput:
    if stat.S_ISLNK(mode):
        what = "a symbolic link, and a site is written through none"
    return BadInput(f"{path} is {what}: move it away, or {OTHER} chooses another")


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} cannot be read: {error.strerror}; {OTHER} chooses another")
