"""Journals and records on disk: the only writer under results/, and it never loses what was measured."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import IO, Self, TypeVar

import msgspec

from harness.errors import BadInput
from harness.record import (
    VERSION,
    Begun,
    Closed,
    Dropped,
    Entry,
    Finished,
    Observed,
    Paced,
    Played,
    Record,
)
from harness.trial import Tried

T = TypeVar("T")

JOURNAL = "journal.jsonl"
RECORD = "record.json"
LOCAL = "local"

_KINDS: dict[str, type[Entry]] = {
    kind.__name__: kind for kind in (Begun, Observed, Paced, Played, Dropped, Finished, Tried, Closed)
}


class _Envelope(msgspec.Struct):
    kind: str
    entry: msgspec.Raw


class _Versioned(msgspec.Struct):
    version: int


class _Headed(msgspec.Struct):
    begun: _Versioned


class Journal:
    """Appends entries to a run's journal; each is on disk before `append` returns."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = (folder / JOURNAL).open("ab")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, entry: Entry) -> None:
        """Write one entry and wait until the disk has it."""
        envelope = {"kind": type(entry).__name__, "entry": entry}
        self._file.write(msgspec.json.encode(envelope) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def new_folder(results: Path, name: str, *, publish: bool) -> Path:
    """A folder of its own for one run. Raises BadInput where it cannot be made or is taken."""
    now = datetime.now(UTC)
    if publish:
        folder = results / f"{now:%Y-%m-%d}-{name}"
        if not _made(folder):
            raise BadInput(f"{folder} is there already: choose another name to publish under")
        return folder
    first = results / LOCAL / f"{now:%Y%m%d-%H%M%S}-{name}"
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(filter(_made, chain([first], others)))


def _made(folder: Path) -> bool:
    """Make a folder; False if it is there already. Raises BadInput where it cannot be made."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}; --results DIR chooses") from None
    return True


def safe_name(name: str) -> str:
    """A name that is safe as part of a path. Raises BadInput for one that is not."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", name):
        raise BadInput(f"{name!r} cannot name a folder: use letters, digits, dots and dashes")
    return name


def read_journal(folder: Path) -> tuple[Begun, tuple[Entry, ...]]:
    """A run's journal; a torn last line, from a run that was killed, is left out. Raises BadInput."""
    begun, entries = open_journal(folder)
    return begun, tuple(entries)


def open_journal(folder: Path) -> tuple[Begun, Iterator[Entry]]:
    """The same, entry by entry: those of 10,000 cells would fill the memory. Raises BadInput, also later."""
    path = folder / JOURNAL
    entries = (_entry(path, number, line) for number, line in _lines(path))
    begun = next(entries, None)
    if not isinstance(begun, Begun):
        raise BadInput(f"{path} does not begin as a journal of loopcmp does")
    return begun, entries


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a file, with their numbers from 1."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n") and line.strip():
                    yield number, line
    except OSError as error:
        raise BadInput(f"{path} is no record of loopcmp: {error.strerror}") from None


def mend_journal(folder: Path) -> None:
    """Cut off a torn last line, so that what is appended next begins a line of its own."""
    path = folder / JOURNAL
    data = _read(path)
    if data and not data.endswith(b"\n"):
        os.truncate(path, data.rfind(b"\n") + 1)


def _entry(path: Path, number: int, line: bytes) -> Entry:
    place = f"{path}, line {number}"
    envelope = _decode(line, _Envelope, place)
    kind = _KINDS.get(envelope.kind)
    if kind is None:
        raise BadInput(f"{place}: {envelope.kind!r} is no entry of a journal of version {VERSION}")
    if kind is Begun:
        _check_version(_decode(envelope.entry, _Versioned, place), place)
    return _decode(envelope.entry, kind, place)


def write_record(folder: Path, record: Record) -> Path:
    """Write record.json whole or not at all; gives its path."""
    return write_file(folder / RECORD, msgspec.json.encode(record) + b"\n")


def write_file(path: Path, data: bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one, never half of either."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return path


def read_record(path: Path) -> Record:
    """A record, from its file or the folder that holds it. Raises BadInput, saying where and why."""
    file = path / RECORD if path.is_dir() else path
    if path.is_dir() and not file.exists() and (path / JOURNAL).exists():
        raise BadInput(f"{path} is an unfinished run: loopcmp run --resume {path} finishes it")
    data = _read(file)
    headed = _decode(data, _Headed, str(file))
    _check_version(headed.begun, str(file))
    return _decode(data, Record, str(file))


def _check_version(versioned: _Versioned, place: str) -> None:
    if versioned.version != VERSION:
        newer = "newer than" if versioned.version > VERSION else "older than"
        raise BadInput(
            f"{place} has version {versioned.version}, {newer} this loopcmp's {VERSION}: "
            "read it with the loopcmp that wrote it"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} is no record of loopcmp: {error.strerror}") from None


def _decode(data: bytes | msgspec.Raw, shape: type[T], place: str) -> T:
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadInput(f"{place} is no record of loopcmp, or it was cut short: {error}") from None


def unfinished(results: Path) -> Path:
    """The newest local run that was not finished. Raises BadInput where there is none."""
    folders = sorted((results / LOCAL).glob("*/"), reverse=True)
    for folder in folders:
        if (folder / JOURNAL).exists() and not (folder / RECORD).exists():
            return folder
    raise BadInput(f"no unfinished run in {results / LOCAL}: name the folder of the run to resume")


def published(results: Path) -> Iterator[tuple[Path, Record]]:
    """The published records under results/, oldest first."""
    for folder in sorted(results.glob("*/")):
        if folder.name != LOCAL and (folder / RECORD).exists():
            yield folder, read_record(folder)


def write_timings(folder: Path, entries: Iterable[Entry]) -> None:
    """Merge the workers' pyperf runs: one benchmark suite per arm, which pyperf itself reads."""
    runs: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(entry, Played):
            for part in entry.arms:
                runs.setdefault(part.arm, []).append(part.farewell.pyperf)
    if not runs:
        return
    (folder / "timings").mkdir(exist_ok=True)
    for arm, texts in runs.items():
        path = folder / "timings" / f"{arm.replace('/', '-')}.json"
        write_file(path, _merged(texts))


def _merged(texts: Iterable[str]) -> bytes:
    import io  # noqa: PLC0415 - only where timings are written

    import pyperf  # noqa: PLC0415

    benchmarks: dict[str, pyperf.Benchmark] = {}
    for text in texts:
        one = pyperf.Benchmark.loads(text)
        if one.get_name() in benchmarks:
            benchmarks[one.get_name()].add_runs(one)
        else:
            benchmarks[one.get_name()] = one
    written = io.StringIO()
    pyperf.BenchmarkSuite(list(benchmarks.values())).dump(written)
    return written.getvalue().encode()
