"""The audits on record, found without reading the records whole."""

from contextlib import suppress
from itertools import chain
from pathlib import Path

import msgspec

from harness.records.entries import Machine
from harness.records.store.folders import LOCAL
from harness.records.store.record_file import RECORD
from harness.records.trials import AuditSchedule


class _Setting(msgspec.Struct):
    """Of a record's beginning, what tells an audit from a run, and where it was taken."""

    started: str
    environment: Machine
    audit: AuditSchedule | None = None


class _Set(msgspec.Struct):
    begun: _Setting


def audits(results: Path, environment: Machine) -> list[Path]:
    """The folders of the audits of the same machine and Python under results/, newest first."""
    files = chain(results.glob(f"*/{RECORD}"), results.glob(f"{LOCAL}/*/{RECORD}"))
    settings = {file.parent: setting.begun for file in files if (setting := _setting(file)) is not None}
    alike = {
        folder: setting.started
        for folder, setting in settings.items()
        if setting.audit is not None and setting.environment.machine == environment.machine
    }
    return sorted(alike, key=alike.__getitem__, reverse=True)


def _setting(file: Path) -> _Set | None:
    """None for what is no record: it says nothing here."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(file.read_bytes(), type=_Set)
    return None
