"""The time of a service is its server's CPU time; what the driver saw stands beside it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from harness.analysis.passes.service_rates import RATES_TABLE, highest_kept
from harness.protocol.messages import Value
from harness.protocol.traffic import CROWD
from harness.records.entries import BenchmarkCalibrated, BenchmarkFinished, RoundMeasured, RunStarted
from harness.records.machine import DriverPlace
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.records.services import ServiceFigures
from harness.records.stop_reason import StopKind, StopReason
from harness.report.tables.passes import pass_table
from harness.report.tables.services import services
from harness.runner.state import RunState
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    beside,
    fake_benchmark,
    observation,
    part,
    plan,
    returned,
    round_of,
    seen_alike,
    twice,
    value,
)

SERVED = replace(fake_benchmark("served", returned(None)), connections=32)
ROUNDS = 20


def asked(share: float, busy: float) -> Callable[[Value], Value]:
    """A batch of whose time the server's CPU used this share, and the driver's that."""
    return lambda one: replace(one, cpu=round(one.wall * share), driver_cpu=round(one.wall * busy))


def with_values(measured: RoundMeasured, changes: dict[str, Callable[[Value], Value]]) -> RoundMeasured:
    arms = tuple(
        replace(one, values=tuple(map(changes.get(one.arm, lambda same: same), one.values)))
        for one in measured.arms
    )
    return replace(measured, arms=arms)


def paced(kept: int) -> list[Value]:
    """Turns at 1,000 to 5,000 requests a second, of which so many are answered in time."""
    return [
        replace(value(100.0), rate=1000.0 * step, p99=5e6 if step <= kept else 50e6) for step in range(1, 6)
    ]


def crowded(at_rest: int, per_connection: int) -> list[Value]:
    return [replace(value(100.0), resident=(at_rest, at_rest + CROWD * per_connection))]


def run(driver: DriverPlace | None = DriverPlace.OWN_CORE) -> RunStarted:
    started = begun(plan(SERVED, on=(ASYNCIO, UVLOOP), also=("rates", "connections")))
    return replace(started, machine=replace(started.machine, driver=driver))


def entries(busy: float) -> Iterable[object]:
    arms = {ASYNCIO: [100.0] * 8, UVLOOP: [90.0] * 8, SELF_TEST_ARM: [100.0] * 8}
    shares = {ASYNCIO: asked(0.8, 0.3), UVLOOP: asked(0.4, busy), SELF_TEST_ARM: asked(0.8, 0.3)}
    yield from seen_alike(SERVED, twice(observation(returned(None))), [ASYNCIO, UVLOOP])
    yield BenchmarkCalibrated(SERVED.id, PACE)
    for number in range(ROUNDS):
        yield with_values(round_of(SERVED.id, number, arms), shares)
    yield from beside(SERVED, "rates", [[part(ASYNCIO, paced(2)), part(UVLOOP, paced(5))]] * 6)
    memory = [[part(ASYNCIO, crowded(20 << 20, 2048)), part(UVLOOP, crowded(22 << 20, 1024))]] * 6
    yield from beside(SERVED, "connections", memory)
    yield BenchmarkFinished(SERVED.id, StopReason(StopKind.PRECISION, 0.02))


@cache
def record(busy: float = 0.5, driver: DriverPlace | None = DriverPlace.OWN_CORE) -> Record:
    return RunState(run(driver), list(entries(busy))).record()  # type: ignore[arg-type]


def figures(of: Record, backend: str) -> ServiceFigures:
    [result] = of.results
    [service] = [case.timing.service for case in result.cases if case.timing and case.backend == backend]
    assert service is not None
    return service


def test_the_ratio_of_a_service_is_that_of_its_servers_cpu_time() -> None:
    [result] = record().results
    ratios = [case.timing.ratio for case in result.cases if case.timing and case.timing.ratio]

    assert [round(ratio.value, 3) for ratio in ratios] == [0.45]  # 0.4 × 90 of 0.8 × 100


def test_wall_time_stands_beside_it() -> None:
    ratio = figures(record(), UVLOOP).ratio

    assert ratio is not None
    assert round(ratio.value, 3) == 0.9
    assert round(figures(record(), ASYNCIO).seconds.value * 1e6) == 100


def test_a_figure_that_the_driver_may_have_limited_is_marked_and_flagged() -> None:
    free, limited = record(), record(busy=0.95)

    assert not figures(free, UVLOOP).touches_the_driver
    assert figures(limited, UVLOOP).touches_the_driver
    [result] = limited.results
    flags = [flag for case in result.cases if case.timing for flag in case.timing.flags]
    assert any("the driver was busy 95% of the time" in flag for flag in flags)


def test_the_table_says_where_the_driver_saturates_and_how_busy_it_was() -> None:
    table = services(record(busy=0.95))

    assert table is not None
    assert [row[4:] for row in table.rows] == [
        ("10,000", "33,333", "30.0% [30.0, 30.0]"),
        ("11,111 *", "11,696", "95.0% [95.0, 95.0]"),
    ]


def test_where_two_cpus_are_threads_of_one_core_the_table_says_so() -> None:
    alone, shared = (
        services(record(driver=place)) for place in (DriverPlace.OWN_CORE, DriverPlace.SAME_CORE)
    )

    assert alone is not None
    assert shared is not None
    assert not any("same core" in note for note in alone.notes)
    assert any("another thread of the same core" in note for note in shared.notes)


def test_the_highest_rate_is_the_last_before_one_that_was_too_high() -> None:
    slow = [replace(one, p99=50e6) for one in paced(5)]

    assert highest_kept(paced(2)) == 2000.0
    assert highest_kept([*paced(2)[:1], slow[1], *paced(5)[2:]]) == 1000.0
    assert highest_kept(slow) == 0.0


def test_the_highest_rate_and_the_memory_of_connections_stand_in_a_table_of_their_own() -> None:
    table = pass_table(record(), RATES_TABLE)

    assert table is not None
    assert [row[3] for row in table.rows] == ["2,000 a second", "> 5,000 a second"]
    assert table.rows[1][4].startswith("2.5")
    assert [row[6].split(" [")[0] for row in table.rows] == ["2.00 KiB", "1.00 KiB"]


def test_a_record_without_services_has_no_such_table() -> None:
    [result] = record().results
    plain = replace(record(), results=(replace(result, cases=()),))

    assert services(plain) is None
    assert pass_table(plain, RATES_TABLE) is None
