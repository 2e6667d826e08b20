"""The journal of a run: appended to, on disk before it goes on, and never by two processes at once."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self

import msgspec

from harness.errors import BadInput, CannotWrite
from harness.records.entries import (
    VERSION,
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    HostJoined,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
    RunStarted,
    UnitBegun,
    UnitFinished,
)
from harness.records.store import version_1
from harness.records.store.compression import journal_path, opened_journal
from harness.records.store.decoding import Versioned, check_keys, check_version, decode
from harness.records.store.files import (
    COMPRESSED_JOURNAL,
    JOURNAL,
    cannot_write,
    remove_halves,
    sync,
    write_all,
)
from harness.records.store.journal_copy import JournalCopy
from harness.records.store.regular_files import LARGEST_JOURNAL, LONGEST_LINE, open_regular
from harness.records.trials import TrialResult

KINDS: dict[str, type[Entry]] = {
    "run-started": RunStarted,
    "host-joined": HostJoined,
    "unit-begun": UnitBegun,
    "case-observed": CaseObserved,
    "benchmark-calibrated": BenchmarkCalibrated,
    "round-measured": RoundMeasured,
    "pass-round-measured": PassRoundMeasured,
    "arm-dropped": ArmDropped,
    "benchmark-finished": BenchmarkFinished,
    "unit-finished": UnitFinished,
    "trial-result": TrialResult,
    "run-finished": RunFinished,
}
"""The kinds of entries by the name that a journal has for each; a class may be renamed, a kind may not."""

_NAMES = {entry: kind for kind, entry in KINDS.items()}


class _Envelope(msgspec.Struct):
    kind: str
    entry: msgspec.Raw


class Journal:
    """Appends entries to a run's journal; each is on disk before `append` returns.

    Two processes never append to one journal: it is locked until it is closed. Raises BadInput where
    another has it, or where there is none and none is to be created; CannotWrite where it may not be written.
    """

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self._path = folder / JOURNAL
        self._file = self._opened(create=create)
        self._copy: JournalCopy | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(CannotWrite):  # what cannot be mended is said by whoever reads it next
            self.mend()
        os.close(self._file)

    def append(self, entry: Entry) -> None:
        """Write one entry and wait until the disk has it. Raises CannotWrite, and leaves no half of it."""
        self._write(encode_entry(entry))

    def append_unit(self, entries: Iterable[Entry]) -> None:
        """Write all entries of a unit at once, from its begin to its end; `resume` cuts off a part of one."""
        self._write(b"".join(map(encode_entry, entries)))

    def _write(self, lines: bytes) -> None:
        self._copy = self._copy or JournalCopy(self._path, self._file)
        self.mend()
        before = self._copy.size
        try:
            write_all(self._file, lines)
            if before == 0:
                sync(self._path.parent)
            self._copy.write(lines)
            self._copy.adopt(self._file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, before)
                self._copy.adopt(self._file)
            raise cannot_write(self._path, error) from None

    def mend(self) -> None:
        """Write the journal anew where a scenario has changed or removed it. Raises CannotWrite."""
        if self._copy is not None and not self._copy.is_as_written():
            self._copy.restore()
            before, self._file = self._file, self._opened(create=False)
            os.close(before)
            self._copy.adopt(self._file)

    def _opened(self, *, create: bool) -> int:
        """Open the journal and lock it."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(self._path, flags | (os.O_CREAT if create else 0), 0o644)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise BadInput(f"{self._path} is no record of loopcmp: {error.strerror}") from None
        except OSError as error:
            raise cannot_write(self._path, error) from None
        if not locked(file):
            os.close(file)
            raise BadInput(
                f"another loopcmp is at work in {self._path.parent}: wait for its end, or begin another run"
            )
        return file


def encode_entry(entry: Entry) -> bytes:
    """Return an entry as a line of a journal."""
    return msgspec.json.encode({"kind": _NAMES[type(entry)], "entry": entry}) + b"\n"


def locked(file: int) -> bool:
    """Lock an open file for this process; False if another has it. The lock ends with the process at last."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_at_work(folder: Path) -> bool:
    """Decide whether a process has the run's journal."""
    try:
        with open_regular(folder / JOURNAL, LARGEST_JOURNAL) as file:
            return not locked(file.fileno())
    except OSError:  # whatever has its name now, nobody writes it
        return False


def resume(folder: Path) -> tuple[Journal, RunStarted, Iterator[Entry]]:
    """Open a run's journal to go on with it; return it and what it holds. Raises BadInput and CannotWrite."""
    _check_files(folder)
    if journal_path(folder).name == COMPRESSED_JOURNAL:
        raise BadInput(f"{folder} is finished: loopcmp report {folder} shows it")
    journal = Journal(folder, create=False)
    try:
        run, entries = open_journal(folder)  # before anything is changed: it may be no journal
        check_version(run, str(folder / JOURNAL))
        mend_journal(folder)
        remove_halves(folder)
    except BaseException:
        journal.__exit__()
        raise
    return journal, run, entries


def _check_files(folder: Path) -> None:
    """Raise BadInput where something in a run's folder would be written through, or never end when read."""
    with suppress(OSError):  # there is no such folder, which opening its journal says best
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                raise BadInput(f"{path} is a symbolic link, and a run is written through none: move it away")
            if not (path.is_file() or path.is_dir()):
                raise BadInput(f"{path} is neither a file nor a folder: move it away")


def read_journal(folder: Path) -> tuple[RunStarted, tuple[Entry, ...]]:
    """Read a run's journal whole, but for a torn last line of a run that was killed. Raises BadInput."""
    run, entries = open_journal(folder)
    return run, tuple(entries)


def open_journal(folder: Path) -> tuple[RunStarted, Iterator[Entry]]:
    """Read a run's journal entry by entry: all of them could fill the memory. Raises BadInput, also later."""
    path = journal_path(folder)
    entries = (decode_entry(line, f"{path}, line {number}") for number, line in _lines(path))
    run = next(entries, None)
    if not isinstance(run, RunStarted):
        raise BadInput(f"{path} does not begin as a journal of loopcmp does")
    return run, entries


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines of a file, with their numbers from 1."""
    left = LARGEST_JOURNAL
    with opened_journal(path) as file:
        for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), start=1):
            left -= len(line)
            if left < 0 or (len(line) == LONGEST_LINE and not line.endswith(b"\n")):
                raise BadInput(f"{path}, line {number} is longer than any entry of a journal of loopcmp")
            if line.endswith(b"\n") and line.strip():
                yield number, line


def mend_journal(folder: Path) -> None:
    """Cut off a torn last line and a part of a unit: what is appended next begins a line of its own."""
    path, whole, end = folder / JOURNAL, 0, 0
    in_unit = False
    with opened_journal(path) as file:
        for line in iter(partial(file.readline, LONGEST_LINE), b""):
            end += len(line)
            in_unit = (in_unit or line.startswith(_UNIT_BEGINS)) and not line.startswith(_UNIT_ENDS)
            whole = end if line.endswith(b"\n") and not in_unit else whole
        size = file.tell()
    if whole != size:
        os.truncate(path, whole)


_UNIT_BEGINS, _UNIT_ENDS = (f'{{"kind":"{_NAMES[entry]}"'.encode() for entry in (UnitBegun, UnitFinished))
"""How the first and the last line of a unit begin, as they are written here."""


def decode_entry(line: bytes, place: str) -> Entry:
    """Return what a line of a journal says. Raises BadInput, naming the place, for what is no entry."""
    check_keys(line, place)
    envelope = decode(line, _Envelope, place)
    if envelope.kind in version_1.KINDS:
        entry = version_1.upgrade_entry(envelope.kind, envelope.entry, place)
        return decode(entry, KINDS[version_1.KINDS[envelope.kind]], place)
    kind = KINDS.get(envelope.kind)
    if kind is None:
        raise BadInput(f"{place}: {envelope.kind!r} is no entry of a journal of version {VERSION}")
    if kind is RunStarted:
        check_version(decode(envelope.entry, Versioned, place), place)
    return decode(envelope.entry, kind, place)
