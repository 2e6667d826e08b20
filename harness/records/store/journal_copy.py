"""A second copy of a journal that is being written, in memory, where no scenario reaches it.

One that empties or removes the journal of the run that it is in loses nothing.
"""

import os
import shutil
import zlib
from contextlib import suppress
from pathlib import Path

from harness.records.store.files import cannot_write, write_file
from harness.records.store.regular_files import LARGEST_JOURNAL, open_regular


class JournalCopy:
    """What a journal holds, compressed, and how to put it back where somebody else has changed its file."""

    def __init__(self, path: Path, journal: int) -> None:
        """Copy the open journal. Raises CannotWrite."""
        self._path = path
        self._compressor = zlib.compressobj(level=1)
        self._chunks: list[bytes] = []
        self.size = 0
        """The bytes that the journal should have."""
        try:
            with open_regular(path, LARGEST_JOURNAL) as written:
                shutil.copyfileobj(written, self)
            self.adopt(journal)
        except OSError as error:
            raise cannot_write(path, error) from None

    def write(self, data: bytes) -> int:
        """Add what stands in the journal now; return how many bytes that is."""
        self._chunks.append(self._compressor.compress(data))
        self.size += len(data)
        return len(data)

    def adopt(self, journal: int) -> None:
        """Take the file that is open, as it is now, for the journal. Raises OSError."""
        self._status = os.fstat(journal)

    def is_as_written(self) -> bool:
        """Decide whether the journal's file is still the one that was opened, with all that was written."""
        with suppress(OSError):
            return _identity(self._path.stat(follow_symlinks=False)) == _identity(self._status)
        return False

    def restore(self) -> None:
        """Write the journal anew, whole. Raises CannotWrite."""
        data = zlib.decompress(b"".join([*self._chunks, self._compressor.copy().flush()]))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self._path, error) from None
        write_file(self._path, data)


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
