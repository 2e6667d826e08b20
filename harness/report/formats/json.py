"""A record as JSON, as it stands in record.json."""

import msgspec

from harness.records.record import Record
from harness.records.store import encode_record
from harness.report.json_text import escape_json


def render(record: Record) -> str:
    """The record as indented JSON."""
    return escape_json(msgspec.json.format(encode_record(record), indent=1).decode()) + "\n"
