"""Records of several hosts, some of which measured the same benchmarks."""

from dataclasses import replace

from harness.protocol.observations import Observation
from harness.records.cost import BenchmarkCost
from harness.records.entries import BenchmarkCalibrated, BenchmarkFinished, Entry, UnitBegun, UnitFinished
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    PACE,
    UVLOOP,
    begun,
    fake_benchmark,
    observation,
    plan,
    returned,
    rounds,
    seen_alike,
    twice,
)

ON = (ASYNCIO, UVLOOP)


MANY = tuple(fake_benchmark(f"of{number}", returned(1)) for number in range(12))


PLAN = plan(*MANY, on=ON, effort=FAST)


GOOD = observation(returned(1))


def unit(
    name: str,
    host: int,
    *,
    uvloop: float = 63.0,
    again: float = 100.0,
    seen: Observation = GOOD,
    count: int = 6,
) -> list[Entry]:
    """A benchmark on a host, where asyncio takes 100 µs and the self-test's arm so many."""
    [benchmark] = (each for each in MANY if each.id == name)
    arms = {ASYNCIO: 100.0, UVLOOP: uvloop, SELF_TEST_ARM: again}
    return [
        UnitBegun((name,), host),
        *seen_alike(benchmark, twice(GOOD), [ASYNCIO]),
        *seen_alike(benchmark, twice(seen), [UVLOOP]),
        BenchmarkCalibrated(name, PACE),
        *rounds(name, arms, count, spread=0.003),
        BenchmarkFinished(name, StopReason(StopKind.ROUNDS, 6, "fast")),
        UnitFinished((name,), (BenchmarkCost(1.0, 2.0, 3.0, 0.0),)),
    ]


def record_on(hosts: int, *entries: Entry, without_off_hosts: bool = False) -> Record:
    machines = tuple(replace(ENVIRONMENT, load=number / 4) for number in range(hosts))
    run = replace(begun(PLAN), hosts=machines, without_off_hosts=without_off_hosts)
    return RunState(run, entries).record()


def off_on_two(*, without_off_hosts: bool = False) -> Record:
    """Twelve benchmarks on two hosts; on the second the baseline always differs from itself."""
    entries = [
        entry
        for number, benchmark in enumerate(MANY)
        for entry in unit(benchmark.id, 1 + number % 2, again=104.0 if number % 2 else 100.0)
    ]
    return record_on(2, *entries, without_off_hosts=without_off_hosts)
