"""Records of one or two small benchmarks, as sessions that are compared have them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from harness.protocol.benchmarks import Benchmark
from harness.records.entries import Entry
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    TRIO,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    rounds,
    seen_alike,
    twice,
)

PROBE, OTHER = fake_benchmark("probe", returned(1)), fake_benchmark("other", returned(1))


SEEN = twice(observation(returned(1)))


@cache
def record(uvloop: float = 63.0, *, rows: tuple[str, ...] = ("probe",), count: int = 12) -> Record:
    """Rows of three backends; uvloop takes this share, in %, of asyncio's time."""
    chosen = [of for of in (PROBE, OTHER) if of.id in rows]
    entries: list[Entry] = []
    for of in chosen:
        times = {ASYNCIO: 100.0, UVLOOP: uvloop, TRIO: 180.0, SELF_TEST_ARM: 100.0}
        entries += [*seen_alike(of, SEEN), *rounds(of.id, times, count, spread=0.003)]
    return record_of(plan(*chosen, effort=FAST), *entries)


def of_shares(
    shares: Mapping[Benchmark, float],
    *,
    count: int = 20,
    on: tuple[str, ...] = (ASYNCIO, UVLOOP),
    counts: Mapping[Benchmark, int] | None = None,
    spread: float = 0.003,
) -> Record:
    """Rows in which uvloop takes these shares of asyncio's time, and trio twice as much."""
    entries: list[Entry] = []
    planned = plan(*shares, on=on)
    for of, share in shares.items():
        times = {ASYNCIO: 100.0, UVLOOP: 100.0 * share, TRIO: 200.0 * share}
        names = [backend.name for backend in planned.backends_of(of)]
        arms = {**{name: times.get(name, 100.0) for name in names}, SELF_TEST_ARM: 100.0}
        entries += [
            *seen_alike(of, SEEN, names),
            *rounds(of.id, arms, (counts or {}).get(of, count), spread=spread),
        ]
    return record_of(planned, *entries)


def elsewhere(of: Record, **there: object) -> Record:
    return replace(of, run=replace(of.run, machine=replace(ENVIRONMENT, **there)))  # type: ignore[arg-type]
