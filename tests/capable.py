"""Records of capabilities in which asyncio can do everything, and uvloop some of it."""

from dataclasses import replace

from harness.analysis import capabilities
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import Diagnostic, Leaks, ProcessObservations
from harness.records.record import Record
from tests.records import (
    ASYNCIO,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    raised,
    record_of,
    returned,
    seen_alike,
    twice,
)

RIGHT = twice(observation(returned(1)))
MISSING = twice(observation(raised(NotImplementedError())))
UNTIDY = twice(observation(returned(1), complaints=(Diagnostic("unclosed"),), left=Leaks(descriptors=2)))


def tried(name: str) -> Benchmark:
    return replace(
        fake_benchmark(name, returned(1), uses_gather=False, timed=False), tags=(capabilities.TAG,)
    )


def record(*seen: tuple[ProcessObservations, ...]) -> Record:
    """A record in which asyncio can do everything, and uvloop was seen like this, one by one."""
    benchmarks = [tried(f"can_{number}") for number in range(len(seen))]
    entries = [entry for one in benchmarks for entry in seen_alike(one, RIGHT, (ASYNCIO,))]
    entries += [
        entry
        for one, sightings in zip(benchmarks, seen, strict=True)
        for entry in seen_alike(one, sightings, (UVLOOP,))
    ]
    return record_of(plan(*benchmarks, on=(ASYNCIO, UVLOOP)), *entries)
