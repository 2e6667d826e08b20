"""A campaign's file: each line is on disk before the campaign goes on, so that a killed one loses nothing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Self

import msgspec

from harness.errors import BadInput
from harness.fuzz.findings import Finding, Suspect
from harness.records.store.files import cannot_write, write_all
from harness.records.store.regular_files import LARGEST_JOURNAL, read_regular

JOURNAL = "campaign.jsonl"


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """The first line: what the campaign is about; a campaign goes on only with what it began with."""

    seed: int
    profile: str
    max_size: int
    backends: tuple[str, ...]
    against: str
    part: int
    parts: int


class Chunk(msgspec.Struct, frozen=True, tag="chunk"):
    """Programs of neighbouring numbers that have been run on a backend, and what came of them."""

    backend: str
    first: int
    count: int
    judged: int
    undecided: int = 0
    late: int = 0
    several_tasks: int = 0
    known: dict[str, int] = {}
    """How many programs showed each known row."""
    again: dict[str, int] = {}
    """How many showed each finding that had been found before."""


class Suspected(msgspec.Struct, frozen=True, tag="suspected"):
    """A program went wrong."""

    suspect: Suspect


class Found(msgspec.Struct, frozen=True, tag="found"):
    """What a suspect came to."""

    suspect: Suspect
    finding: Finding


Line = Begun | Chunk | Suspected | Found

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_decoder = msgspec.json.Decoder(Line)


class Journal:
    """Appends lines; two processes never write to one."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, _FLAGS, 0o644)
        except OSError as error:
            raise cannot_write(self._path, error, "--folder DIR") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise BadInput(
                f"another loopcmp is at work in {folder}: wait for its end, or name another --folder"
            ) from None
        self._mend()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def _mend(self) -> None:
        """Cut off a torn last line."""
        data = self._read()
        if data and not data.endswith(b"\n"):
            os.ftruncate(self._file, data.rfind(b"\n") + 1)

    def _read(self) -> bytes:
        try:
            return read_regular(self._path, LARGEST_JOURNAL)
        except OSError as error:
            raise BadInput(f"{self._path} is no journal of a campaign: {error.strerror}") from None

    def append(self, line: Line) -> None:
        """Write one line, and wait until the disk has it. Raises CannotWrite."""
        data = msgspec.json.encode(line) + b"\n"
        with self._lock:
            before = os.fstat(self._file).st_size
            try:
                write_all(self._file, data)
            except OSError as error:
                with suppress(OSError):
                    os.ftruncate(self._file, before)
                raise cannot_write(self._path, error, "--folder DIR") from None

    def lines(self) -> Iterator[Line]:
        """The lines that are there. Raises BadInput for one that cannot be read."""
        for number, data in enumerate(self._read().splitlines(), start=1):
            try:
                yield _decoder.decode(data)
            except msgspec.MsgspecError as error:
                raise BadInput(f"{self._path}, line {number}, is no line of a campaign: {error}") from None
