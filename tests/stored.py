"""Journals, records and runs of pyperf's as they stand on a disk, and a disk that is full."""

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.records import store
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    PassRoundMeasured,
    RoundMeasured,
    RunFinished,
)
from harness.records.pace import SELF_TEST_ARM, ArmFailure
from harness.records.record import Record
from harness.records.stop_reason import StopKind, StopReason
from harness.records.store import write_record
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    look,
    part,
    plan,
    returned,
    round_of,
    row,
    twice,
    value,
)

STORY = row("story", returned("Ünïcode \u202e and \n a line"))


BEGUN = begun(plan(STORY, on=[ASYNCIO, UVLOOP]))


ENTRIES: tuple[Entry, ...] = (
    CaseObserved(STORY.id, ASYNCIO, twice(look(returned("Ünïcode \u202e and \n a line")))),
    BenchmarkCalibrated(STORY.id, PACE),
    round_of(STORY.id, 0, {ASYNCIO: [1.0]}),
    PassRoundMeasured("latency", round_of(STORY.id, 0, {ASYNCIO: [1.0]})),
    ArmDropped(STORY.id, ArmFailure(UVLOOP, "killed by SIGSEGV", "last\nlines"), "crashed"),
    BenchmarkFinished(STORY.id, StopReason(StopKind.TIME, 60)),
    RunFinished("2026-05-04T03:07:08+00:00", None),
)


def write_journal(folder: Path, entries: Sequence[Entry] = ENTRIES) -> Path:
    with store.Journal(folder) as journal:
        for entry in (BEGUN, *entries):
            journal.append(entry)
    return folder / store.JOURNAL


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk does: the write that goes beyond fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def timed_round(number: int) -> list[RoundMeasured]:
    arms = {ASYNCIO: 1.0, UVLOOP: 0.63, SELF_TEST_ARM: 1.0}
    played = []
    for name in ("order:n=10", "order:n=100"):
        parts = []
        for arm, share in arms.items():
            values = [
                value(10 * share * (1 + number / 100), loops=100_000),
                value(10.01 * share, loops=100_000),
            ]
            parts.append(replace(part(arm, values), warmups=(value(30),)))
        played.append(RoundMeasured(name, number, 1.0, tuple(parts)))
    return played


def put(results: Path, name: str, record: Record, started: str) -> Path:
    folder = results / name
    folder.mkdir(parents=True)
    write_record(folder, replace(record, run=replace(record.run, started=started)))
    return folder
