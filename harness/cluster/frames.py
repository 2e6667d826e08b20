"""Content on a pipe, each behind its length in eight bytes."""

import os

_LENGTH = 8


def write_frame(pipe: int, content: bytes) -> None:
    """Write content to a descriptor. Raises OSError where nobody reads it."""
    with open(pipe, "wb", closefd=False) as file:
        file.write(len(content).to_bytes(_LENGTH, "big"))
        file.write(content)


def read_frame(pipe: int) -> bytes | None:
    """Return the next content; None where the other end is closed before all of it has come."""
    length = _read(pipe, _LENGTH)
    return None if length is None else _read(pipe, int.from_bytes(length, "big"))


def _read(pipe: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(pipe, min(size, 2**20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
