"""What the pyperf file of an arm is called, for who writes it and for who says where it is. Pure."""

import hashlib
import re

from harness.records.pace import AGAIN


def file_name(name: str) -> str:
    """The name of a backend, or A/A, as part of a path: itself, or what of it may be there and a digest."""
    if name == AGAIN:
        return "A-A"
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@+=.-]{0,99}", name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_@+=-]+", "-", name)[:60].strip("-") or "arm"
    return f"{plain}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:12]}"
