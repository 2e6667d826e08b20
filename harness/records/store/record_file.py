"""A run's record on disk."""

from pathlib import Path

import msgspec

from harness.errors import BadInput
from harness.records.record import Record
from harness.records.store import version_1
from harness.records.store.decoding import Versioned, check_version, decode, read_bytes
from harness.records.store.files import JOURNAL, resume_command, write_file

RECORD = "record.json"


class _Headed(msgspec.Struct):
    """What tells a record's version: `begun` is what version 1 called its run."""

    run: Versioned | None = None
    begun: Versioned | None = None


def write_record(folder: Path, record: Record) -> Path:
    """Write record.json whole or not at all; gives its path."""
    return write_file(folder / RECORD, msgspec.json.encode(record) + b"\n")


def read_record(path: Path) -> Record:
    """A record, from its file or the folder that holds it. Raises BadInput, saying where and why."""
    file = path / RECORD if path.is_dir() else path
    if path.is_dir() and not file.exists() and (path / JOURNAL).exists():
        raise BadInput(f"{path} is an unfinished run: {resume_command(path)} finishes it")
    data = read_bytes(file)
    headed = decode(data, _Headed, str(file))
    if headed.begun is not None and headed.begun.version == version_1.VERSION:
        data = version_1.upgrade_record(data, str(file))
    else:
        check_version(headed.run or headed.begun, str(file))
    return decode(data, Record, str(file))
