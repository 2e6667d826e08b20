"""Files beside records in published folders: what loops can do, and what campaigns have found."""

from pathlib import Path
from typing import TypeVar

import msgspec

from harness.errors import BadInput
from harness.records.campaigns import CAMPAIGN, CampaignRecord
from harness.records.conformance import CONFORMANCE, ConformanceRecord
from harness.records.store.folders import LOCAL
from harness.records.store.regular_files import LARGEST_RECORD, read_regular

T = TypeVar("T")


def read_conformance(path: Path) -> ConformanceRecord:
    """Return what loops can do from a file. Raises BadInput."""
    return _read(path, ConformanceRecord, "loopcmp check --capabilities --cpython-tests")


def read_campaign(path: Path) -> CampaignRecord:
    """Return what a campaign has found from a file. Raises BadInput."""
    return _read(path, CampaignRecord, "loopcmp fuzz")


def published_conformance(results: Path) -> list[ConformanceRecord]:
    """Return what loops can do from all published folders, newest first. Raises BadInput."""
    records = [read_conformance(path) for path in _published(results, CONFORMANCE)]
    return sorted(records, key=lambda record: record.started, reverse=True)


def published_campaigns(results: Path) -> list[tuple[str, CampaignRecord]]:
    """Return the campaigns of all published folders, each with its folder's name, the last name first."""
    return [(path.parent.name, read_campaign(path)) for path in reversed(_published(results, CAMPAIGN))]


def _published(results: Path, name: str) -> list[Path]:
    return [path for path in sorted(results.glob(f"*/{name}")) if path.parent.name != LOCAL]


def _read(path: Path, kind: type[T], command: str) -> T:
    try:
        return msgspec.json.decode(read_regular(path, LARGEST_RECORD), type=kind)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadInput(f"{path} is not what `{command} -o` writes: {error}") from None
