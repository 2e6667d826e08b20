"""The Atom feed of a site (RFC 4287): the newest records."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.formatting import single_line
from harness.report.html.templating import fill
from harness.report.site.summary import RecordSummary

NEWEST = 50
"""The number of records in the feed."""

_NEVER = "1970-01-01T00:00:00+00:00"
"""The time at which a feed without any record was updated."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A record in the feed; `name` is that of its page, and `id` is derived from the record's bytes."""

    title: str
    id: str
    updated: str
    name: str
    summary: str


def atom_feed(newest_first: Sequence[RecordSummary]) -> str:
    """Return the feed of these records as XML."""
    entries = [_entry(record) for record in newest_first[:NEWEST]]
    updated = entries[0].updated if entries else _NEVER
    return fill("atom.xml.j2", id=_identity("feed"), updated=updated, entries=entries) + "\n"


def _entry(record: RecordSummary) -> FeedEntry:
    return FeedEntry(
        title=f"{single_line(record.title)}, {record.started[:10]}",
        id=_identity(record.digest),
        updated=single_line(record.started),
        name=record.name,
        summary=" ".join(map(single_line, record.sentences)),
    )


def _identity(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'loopcmp:{name}')}"
