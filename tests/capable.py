"""Records of capabilities in which asyncio can do everything, and uvloop some of it."""

from dataclasses import replace

from harness.analysis import capabilities
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import Diagnostic, Leaks, ProcessObservations
from harness.records.record import Record
from tests.records import ASYNCIO, UVLOOP, look, plan, raised, record_of, returned, row, seen_alike, twice

RIGHT = twice(look(returned(1)))
MISSING = twice(look(raised(NotImplementedError())))
UNTIDY = twice(look(returned(1), complaints=(Diagnostic("unclosed"),), left=Leaks(descriptors=2)))


def tried(name: str) -> Benchmark:
    return replace(row(name, returned(1), uses_gather=False, timed=False), tags=(capabilities.TAG,))


def record(*seen: tuple[ProcessObservations, ...]) -> Record:
    """A record in which asyncio can do everything, and uvloop was seen like this, one by one."""
    rows = [tried(f"can_{number}") for number in range(len(seen))]
    entries = [entry for one in rows for entry in seen_alike(one, RIGHT, (ASYNCIO,))]
    entries += [
        entry
        for one, sightings in zip(rows, seen, strict=True)
        for entry in seen_alike(one, sightings, (UVLOOP,))
    ]
    return record_of(plan(*rows, on=(ASYNCIO, UVLOOP)), *entries)
