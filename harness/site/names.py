"""Names of files and addresses: safe whatever scenarios and loops are called."""

import hashlib
import re


def slug(name: str) -> str:
    """The name as part of a path; where it had to be changed, a digest keeps it apart from others."""
    safe = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:60]
    if safe == name:
        return safe
    return f"{safe or 'x'}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"
