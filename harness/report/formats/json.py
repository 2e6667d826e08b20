"""A record as JSON, as it stands in record.json."""

import msgspec

from harness.records.record import Record


def render(record: Record) -> str:
    """The record as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n"
