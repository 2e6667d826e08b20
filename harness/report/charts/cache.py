"""Text that is slow to make and always the same, kept in a file for the next time."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from harness.errors import CannotWrite
from harness.records.store import write_file
from harness.records.store.regular_files import LARGEST_RECORD, read_regular


def cached_text(file: Path, make: Callable[[], str]) -> str:
    """Return the text in the file, or make it and keep it there.

    The first line is the digest of the rest, so that a damaged file is as good as none. Where the file cannot
    be written, the text is made every time.
    """
    text = _read(file)
    if text is None:
        text = make()
        _write(file, text)
    return text


def _read(file: Path) -> str | None:
    with suppress(OSError):
        digest, _, text = read_regular(file, LARGEST_RECORD).partition(b"\n")
        if digest == _digest(text):
            return text.decode()
    return None


def _write(file: Path, text: str) -> None:
    encoded = text.encode()
    with suppress(OSError, CannotWrite):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, _digest(encoded) + b"\n" + encoded, durable=False)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()
