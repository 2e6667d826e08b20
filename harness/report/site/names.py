"""The names of a site's files and addresses: safe whatever scenarios and loops are called."""

import hashlib
import re

_LIKE_A_DIGEST = re.compile(r".*-[0-9a-f]{16}")


def slug(name: str) -> str:
    """Return the name as part of a path, which no other name has.

    A digest keeps it apart from others where it had to be changed, and where it ends as if it had a digest.
    """
    safe = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:60]
    if name and safe == name and not _LIKE_A_DIGEST.fullmatch(name):
        return safe
    return f"{safe or 'x'}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:16]}"
