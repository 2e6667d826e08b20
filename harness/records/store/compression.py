"""The journal of a finished run, compressed: every reader takes it either way, and none is half of either."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from harness.errors import BadInput
from harness.records.store.files import COMPRESSED_JOURNAL, JOURNAL, sync, write_file
from harness.records.store.regular_files import LARGEST_JOURNAL, open_regular

_GZIP = 16 + zlib.MAX_WBITS
"""Has zlib write the header of gzip, without a time or a name: equal journals give equal files."""

_CHUNK = 1 << 20


def compress_journal(folder: Path) -> Path:
    """Write the journal of a finished run compressed, beside the plain one; return its path.

    Raises CannotWrite.
    """
    return write_file(folder / COMPRESSED_JOURNAL, _compress(folder / JOURNAL))


def remove_plain_journal(folder: Path) -> None:
    """Remove the plain journal of a finished run whose compressed one is whole; no harm if it cannot be."""
    if (folder / COMPRESSED_JOURNAL).exists():
        with suppress(OSError):
            (folder / JOURNAL).unlink()
            sync(folder)


def _compress(path: Path) -> bytes:
    """Return a file's content as gzip has it; the file itself is never in memory as a whole."""
    compressor = zlib.compressobj(wbits=_GZIP)
    with open_regular(path, LARGEST_JOURNAL) as file:
        chunks = [compressor.compress(chunk) for chunk in iter(lambda: file.read(_CHUNK), b"")]
    return b"".join([*chunks, compressor.flush()])


def journal_path(folder: Path) -> Path:
    """Return the journal in a run's folder: the plain one, or the compressed one where there is no other."""
    compressed = folder / COMPRESSED_JOURNAL
    return compressed if compressed.exists() and not (folder / JOURNAL).exists() else folder / JOURNAL


@contextmanager
def opened_journal(path: Path) -> Iterator[BinaryIO]:
    """Open a journal, compressed or not. Raises BadInput where it cannot be read, also while it is read."""
    try:
        with open_regular(path, LARGEST_JOURNAL) as stored, _unpacked(path, stored) as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        why = (
            error.strerror if isinstance(error, OSError) and error.strerror else f"it was cut short: {error}"
        )
        raise BadInput(f"{path} is no record of loopcmp: {why}") from None


def _unpacked(path: Path, stored: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=stored)) if path.name == COMPRESSED_JOURNAL else stored
