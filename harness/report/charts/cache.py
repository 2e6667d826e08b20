"""Text that is slow to make and always the same, kept in a file for the next time."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory


def cached_text(file: Path, make: Callable[[], str]) -> str:
    """The text in the file, or made and kept there; where it cannot be kept, it is made every time.

    The first line is the digest of the rest: a file that is damaged is as good as none.
    """
    found = _read(file)
    if found is None:
        found = make()
        _write(file, found)
    return found


def _read(file: Path) -> str | None:
    with suppress(OSError):
        digest, _, text = file.read_bytes().partition(b"\n")
        if digest == _digest(text):
            return text.decode()
    return None


def _write(file: Path, text: str) -> None:
    """Whole or not at all, for another process may read it."""
    encoded = text.encode()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=file.parent) as folder:
            part = Path(folder) / file.name
            part.write_bytes(_digest(encoded) + b"\n" + encoded)
            part.replace(file)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()
