"""The records that are published here, each read once for all tests: they never change."""

from functools import cache
from pathlib import Path

from harness.records import store
from harness.records.record import Record

RESULTS = Path(__file__).parent.parent / "results"
NAMES = sorted(folder.name for folder in store.published(RESULTS))


@cache
def published(name: str) -> Record:
    """Return the record in this folder of the results."""
    return store.read_record(RESULTS / name)
