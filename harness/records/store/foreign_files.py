"""Files of other benchmark programs, told by what stands in them: each with the command that reads it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from harness.records.store.files import COMPRESSED_JOURNAL, JOURNAL

OWN_TEXTS = (JOURNAL, COMPRESSED_JOURNAL, "report.md", "report.html")
"""Files beside a record that are handed over in its place."""


def what_else(data: bytes, place: str) -> str | None:
    """Say what a file is that is no record, and what reads it; None where it may be a record, or anything."""
    path = Path(place)
    if path.name in OWN_TEXTS:
        return f"{place} is beside a record: loopcmp report {path.parent}"
    document: Any = None
    with suppress(msgspec.MsgspecError, ValueError, RecursionError):
        document = msgspec.json.decode(data)
    match document:
        case {"benchmarks": list(), "machine_info": dict()}:
            return f"{place} is of pytest-benchmark: pytest-benchmark compare {place}"
        case {"benchmarks": list(), "version": str()} if path.parent.name == "timings":
            return f"{place} has the timings of one backend of a record: loopcmp report {path.parent.parent}"
        case {"benchmarks": list(), "version": str()}:
            return f"{place} is of pyperf: python -m pyperf show {place}"
        case {"results": [{"command": str(), "mean": float() | int()}, *_]}:
            return f"{place} is of hyperfine: a script of its own, such as plot_whisker.py {place},"
    return None
