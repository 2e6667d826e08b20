"""Files that others may have put there: only regular ones are read, and only up to a size.

A named pipe would never end, a device has side effects, and a sparse file of gigabytes fills the memory.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_RECORD = 256 * 2**20
"""The most bytes of a record: the largest that is published here has 2 MiB."""

LARGEST_JOURNAL = 8 * 2**30
"""The most bytes of a journal, also of a compressed one when it is read."""

LONGEST_LINE = 64 * 2**20
"""The most bytes of an entry of a journal: an observation has at most 16 MiB, see LONGEST_MESSAGE."""

LARGEST_SETTINGS = 2**20
"""The most bytes of a file that somebody writes by hand."""


def open_regular(path: Path, largest: int) -> BinaryIO:
    """Open a regular file to read it.

    Raises OSError, whose `strerror` says why, for anything else, and for a file of more bytes than `largest`.
    """
    _check(path, path.stat(), largest)  # before it is opened: opening a device may do something
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check(path, os.fstat(file), largest)
    except BaseException:
        os.close(file)
        raise
    return os.fdopen(file, "rb")


def _check(path: Path, status: os.stat_result, largest: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is no regular file", str(path))
    if status.st_size > largest:
        raise too_large(path, largest)


def read_regular(path: Path, largest: int) -> bytes:
    """Return the content of a regular file. Raises OSError as `open_regular` does."""
    with open_regular(path, largest) as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise too_large(path, largest)
    return data


def too_large(path: Path, largest: int) -> OSError:
    """Return the error of a file that has more bytes than `largest`."""
    return OSError(errno.EFBIG, f"It is larger than {largest // 2**20} MiB", str(path))
