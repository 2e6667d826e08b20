"""The address of a public report that a capability names, such as "uvloop#561"."""

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


def address(report: str) -> str | None:
    """Return the address of a report; None where it names no repository that is known here."""
    if report.startswith("github.com/"):
        return f"https://{report}"
    name, separator, number = report.partition("#")
    if separator and number.isdigit() and name in REPOSITORIES:
        return f"https://github.com/{REPOSITORIES[name]}/issues/{number}"
    return None
