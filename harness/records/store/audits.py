"""The audits on record, found without reading the records whole."""

from contextlib import suppress
from itertools import chain
from pathlib import Path

import msgspec

from harness.records.machine import Machine
from harness.records.store import version_1
from harness.records.store.compression import read_stored, record_path
from harness.records.store.folders import LOCAL, published
from harness.records.store.regular_files import LARGEST_RECORD
from harness.records.trials import AuditSchedule

_ABSENT = msgspec.Raw(b"")


class _Setting(msgspec.Struct):
    """The part of a record that distinguishes an audit from a run, and says where it was made."""

    started: str
    machine: Machine
    audit: AuditSchedule | None = None


class _Beginning(msgspec.Struct):
    """The beginning of a record; `begun` is what version 1 called it."""

    run: msgspec.Raw = _ABSENT
    begun: msgspec.Raw = _ABSENT


def audits(results: Path, machine: Machine) -> list[Path]:
    """Return the folders of the audits of the same machine and Python under results/, newest first."""
    folders = chain(published(results), (results / LOCAL).glob("*/"))
    settings = {
        folder: setting for folder in folders if (setting := _setting(record_path(folder))) is not None
    }
    alike = {
        folder: setting.started
        for folder, setting in settings.items()
        if setting.audit is not None and setting.machine.identity == machine.identity
    }
    return sorted(alike, key=alike.__getitem__, reverse=True)


def _setting(file: Path) -> _Setting | None:
    """Read what distinguishes an audit from a run; None where the file is no record."""
    with suppress(OSError, msgspec.MsgspecError, RecursionError, LookupError, TypeError, ValueError):
        beginning = msgspec.json.decode(read_stored(file, LARGEST_RECORD), type=_Beginning)
        if bytes(beginning.run):
            return msgspec.json.decode(beginning.run, type=_Setting)
        if bytes(beginning.begun):
            old = version_1.upgrade(msgspec.json.decode(beginning.begun))
            return msgspec.convert(old, _Setting)
    return None
