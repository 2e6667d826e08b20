"""The address of a public report that a capability names, such as "uvloop#561"."""

import re

REPOSITORIES = {
    "anyio": "agronholm/anyio",
    "asyncio": "python/asyncio",
    "cpython": "python/cpython",
    "libuv": "libuv/libuv",
    "rloop": "gi0baro/rloop",
    "trio": "python-trio/trio",
    "uvloop": "MagicStack/uvloop",
    "winloop": "Vizonex/Winloop",
    "zuvloop": "Kludex/zuvloop",
}
"""The repositories on GitHub whose reports are named in short; reports of others are named in full."""

_ON_GITHUB = re.compile(r"github\.com(?:/[A-Za-z0-9_.-]+){2,4}", re.ASCII)


def address(report: str) -> str | None:
    """Return the address of a report; None where it names no repository that is known here."""
    if _ON_GITHUB.fullmatch(report):
        return f"https://{report}"
    name, separator, number = report.partition("#")
    if separator and number.isdigit() and name in REPOSITORIES:
        return f"https://github.com/{REPOSITORIES[name]}/issues/{number}"
    return None
