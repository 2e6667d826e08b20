"""Files written whole or not at all, and what is said when a disk is full or may not be written on."""

import errno
import os
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

from harness.errors import CannotWrite
from harness.records.store.regular_files import LARGEST_JOURNAL, LONGEST_LINE, open_regular

JOURNAL = "journal.jsonl"

COMPRESSED_JOURNAL = f"{JOURNAL}.gz"
"""What becomes of a finished run's journal."""

RECORD = "record.json"

COMPRESSED_RECORD = f"{RECORD}.gz"
"""What becomes of a published record."""


def write_file(path: Path, data: bytes, *, durable: bool = True) -> Path:
    """Write a file so that a reader sees the old one or the new one, never half of either.

    Its folder is made where it is not there. A durable file is on the disk when this returns; one that can be
    made again need not be. Raises CannotWrite.
    """
    try:
        _replace(path, data, durable=durable)
    except OSError as error:
        raise cannot_write(path, error) from None
    return path


def _replace(path: Path, data: bytes, *, durable: bool) -> None:
    path.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        try:
            write_all(handle, data, durable=durable)
        finally:
            os.close(handle)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        if durable:
            sync(path.parent)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def write_all(file: int, data: bytes, *, durable: bool = True) -> None:
    """Write everything to an open file, and wait until the disk has it if it is to be durable."""
    while data:
        data = data[os.write(file, data) :]
    if durable:
        os.fsync(file)


def remove_halves(folder: Path) -> None:
    """Remove what writers that were killed have left of files in a folder that is ours alone."""
    for left in (*folder.glob(".*.*-????????"), *folder.glob("*/.*.*-????????")):
        with suppress(OSError):
            left.unlink()


def sync(folder: Path) -> None:
    """Have the disk know the names in a folder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def cannot_write(path: Path, error: OSError, other: str = "--results DIR") -> CannotWrite:
    """Return an error that says what happened, what is kept, and what to type next.

    `other` is the option that chooses another folder.
    """
    mend = "make room" if error.errno in _FULL else "make it writable"
    for folder in path.parents[:2]:
        if is_begun(folder):
            then = f"what was measured is kept; {mend}, then {resume_command(folder)}"
            return CannotWrite(f"{path} cannot be written: {error.strerror}; {then}")
    return CannotWrite(f"{path} cannot be written: {error.strerror}; {mend}, or {other} chooses another")


def resume_command(folder: Path) -> str:
    """Return what to type to finish the run in this folder, quoted for the shell."""
    return f"loopcmp resume {shlex.quote(str(folder))}"


def is_begun(folder: Path) -> bool:
    """Decide whether the folder has a journal with a first entry."""
    with suppress(OSError), open_regular(folder / JOURNAL, LARGEST_JOURNAL) as file:
        return file.readline(LONGEST_LINE).endswith(b"\n")
    return False
