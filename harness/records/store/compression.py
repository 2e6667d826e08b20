"""Journals and records, compressed: every reader takes them either way, and none is half of either."""

import errno
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from harness.errors import BadInput
from harness.records.store.files import (
    COMPRESSED_JOURNAL,
    COMPRESSED_RECORD,
    JOURNAL,
    RECORD,
    sync,
    write_file,
)
from harness.records.store.regular_files import LARGEST_JOURNAL, LARGEST_RECORD, open_regular, too_large

_GZIP = 16 + zlib.MAX_WBITS
"""Has zlib write the header of gzip, without a time or a name: equal files give equal bytes."""

_CHUNK = 1 << 20


def compress_journal(folder: Path) -> Path:
    """Write the journal of a finished run compressed, beside the plain one; return its path.

    Raises CannotWrite.
    """
    return write_file(folder / COMPRESSED_JOURNAL, _compress(folder / JOURNAL, LARGEST_JOURNAL))


def remove_plain_journal(folder: Path) -> None:
    """Remove the plain journal of a finished run whose compressed one is whole; no harm if it cannot be."""
    _remove_plain(folder, JOURNAL, COMPRESSED_JOURNAL)


def compress_record(folder: Path) -> None:
    """Leave the compressed record alone in the folder of a published run. Raises CannotWrite."""
    if (folder / RECORD).exists():
        write_file(folder / COMPRESSED_RECORD, _compress(folder / RECORD, LARGEST_RECORD))
        _remove_plain(folder, RECORD, COMPRESSED_RECORD)


def _remove_plain(folder: Path, plain: str, compressed: str) -> None:
    if (folder / compressed).exists():
        with suppress(OSError):
            (folder / plain).unlink()
            sync(folder)


def compressed(chunks: Iterable[bytes]) -> bytes:
    """Return what the chunks hold together as gzip has it: equal content gives equal bytes."""
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=_GZIP)
    return b"".join([*map(compressor.compress, chunks), compressor.flush()])


def _compress(path: Path, largest: int) -> bytes:
    """Return a file's content as gzip has it; the file itself is never in memory as a whole."""
    with open_regular(path, largest) as file:
        return compressed(iter(lambda: file.read(_CHUNK), b""))


def record_path(folder: Path) -> Path:
    """Return the record in a run's folder: the plain one, or the compressed one where there is no other."""
    return _stored_path(folder, RECORD, COMPRESSED_RECORD)


def journal_path(folder: Path) -> Path:
    """Return the journal in a run's folder: the plain one, or the compressed one where there is no other."""
    return _stored_path(folder, JOURNAL, COMPRESSED_JOURNAL)


def _stored_path(folder: Path, plain: str, compressed: str) -> Path:
    packed = folder / compressed
    return packed if packed.exists() and not (folder / plain).exists() else folder / plain


def read_stored(path: Path, largest: int) -> bytes:
    """Return the content of a regular file, unpacked where its name says that it is compressed.

    Raises OSError, whose `strerror` says why, where it cannot be read, is cut short or has more bytes.
    """
    with open_regular(path, largest) as stored:
        try:
            data = _unpacked(path, stored).read(largest + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise OSError(errno.EIO, f"it was cut short: {error}", str(path)) from None
    if len(data) > largest:
        raise too_large(path, largest)
    return data


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
    return cast("BinaryIO", gzip.GzipFile(fileobj=stored)) if path.suffix == ".gz" else stored
