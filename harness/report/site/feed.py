"""The Atom feed of a site (RFC 4287): the newest records."""

import uuid
from collections.abc import Sequence

from markupsafe import Markup

from harness.report.formatting import single_line
from harness.report.site.summary import RecordSummary

NEWEST = 50
"""Records in the feed."""

_FEED = Markup(
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    "<title>loopcmp records</title>\n<id>{id}</id>\n<updated>{updated}</updated>\n"
    '<author><name>loopcmp</name></author>\n<link href="index.html"/>\n{entries}</feed>\n'
)
_ENTRY = Markup(
    '<entry><title>{title}</title><id>{id}</id><updated>{updated}</updated><link href="records/{name}.html"/>'
    "<summary>{summary}</summary></entry>\n"
)


def atom_feed(newest_first: Sequence[RecordSummary]) -> str:
    """The feed; the identity of an entry is that of its record's bytes."""
    entries = Markup("").join(
        _ENTRY.format(
            title=f"{single_line(one.title)}, {one.started[:10]}",
            id=_identity(one.digest),
            updated=single_line(one.started),
            name=one.name,
            summary=" ".join(map(single_line, one.sentences)),
        )
        for one in newest_first[:NEWEST]
    )
    updated = newest_first[0].started if newest_first else "1970-01-01T00:00:00+00:00"
    return str(_FEED.format(id=_identity("feed"), updated=single_line(updated), entries=entries))


def _identity(of: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'loopcmp:{of}')}"
