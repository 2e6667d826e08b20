"""Units of one small plan, and all that each of them gives."""

from collections.abc import Iterator
from dataclasses import replace

from harness.records.cost import BenchmarkCost
from harness.records.entries import (
    BenchmarkCalibrated,
    BenchmarkFinished,
    Entry,
    UnitBegun,
    UnitFinished,
)
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.stop_reason import StopKind, StopReason
from harness.runner.units import Unit
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    fake_benchmark,
    observation,
    plan,
    returned,
    rounds,
    seen_alike,
    twice,
)

ON = (ASYNCIO, UVLOOP)


HOST = fake_benchmark("host", returned(1), uses_gather=False)


TWIN = replace(fake_benchmark("twin", returned(1), uses_gather=False), native="host", only="asyncio")


OTHER = fake_benchmark("other", returned(1))


SHOWN = fake_benchmark("shown", returned(1), timed=False)


PLAN = plan(TWIN, OTHER, HOST, SHOWN, on=ON, effort=FAST)


UNTIMED, FIRST, SECOND = Unit(("shown",)), Unit(("host", "twin")), Unit(("other",))


DONE = StopReason(StopKind.ROUNDS, 6, "fast")


def entries_of(unit: Unit, seconds: float) -> Iterator[Entry]:
    """Yield all that a unit gives; its rounds take so many seconds, by which a sitting is known."""
    by_name = {benchmark.id: benchmark for benchmark in PLAN.benchmarks}
    yield UnitBegun(unit.benchmarks)
    for name in unit.benchmarks:
        yield from seen_alike(by_name[name], twice(observation(returned(1))), ON)
    if by_name[unit.name].timed:
        arms = {ASYNCIO: 100.0, UVLOOP: 63.0, SELF_TEST_ARM: 100.0}
        yield BenchmarkCalibrated(unit.name, PACE)
        yield from rounds(unit.name, arms, 6, seconds=seconds)
        yield BenchmarkFinished(unit.name, DONE)
    yield UnitFinished(unit.benchmarks, (BenchmarkCost(1.0, 0.0, seconds, 0.0),) * len(unit.benchmarks))
