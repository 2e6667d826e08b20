"""Scenarios that wait of themselves: told from those whose CPU was taken, and their CPU time shown."""

import json
from dataclasses import replace

import pytest

from harness.analysis.samples import log_ratio_of_cpu, waits
from harness.protocol.messages import Value
from harness.records.entries import Entry, RoundMeasured
from harness.records.pace import SELF_TEST_ARM
from harness.records.record import Record
from harness.report.formats import github
from harness.report.notices import NoticeKind
from harness.report.tables.waiting import waiting
from harness.report.warnings import notices_of_run
from tests.records import (
    ASYNCIO,
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
    value,
)  # fmt: skip

PROBE = fake_benchmark("probe", returned(1))


def turn(*, cpu: float, voluntary: int, involuntary: int) -> Value:
    """A turn of 100 iterations that used this share of its time on its CPU."""
    taken = value(1000)
    return replace(taken, cpu=round(taken.wall * cpu), switches=(voluntary, involuntary))


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (turn(cpu=0.01, voluntary=100, involuntary=0), True),
        (turn(cpu=0.5, voluntary=300, involuntary=30), True),
        (turn(cpu=0.5, voluntary=0, involuntary=40), False),
        (turn(cpu=0.5, voluntary=100, involuntary=80), False),
        (turn(cpu=0.98, voluntary=100, involuntary=0), False),
    ],
    ids=["sleeps", "waits and is rarely preempted", "preempted", "preempted as often", "works"],
)
def test_what_waits_gives_its_cpu_up_and_is_not_deprived_of_it(turns: Value, *, expected: bool) -> None:
    assert waits([turns]) is expected


def test_a_ratio_of_cpu_times_is_made_within_the_turns() -> None:
    once = turn(cpu=0.1, voluntary=100, involuntary=0)
    assert log_ratio_of_cpu([replace(once, cpu=2 * once.cpu)], [once]) == pytest.approx(0.693147, rel=1e-5)


def waited(cpu: dict[str, float], switches: tuple[int, int]) -> Record:
    """A record whose arms use these shares of their time on the CPU, and switch so often."""
    times = {ASYNCIO: 100.0, UVLOOP: 100.0, TRIO: 100.0, SELF_TEST_ARM: 100.0}
    played = [_with(entry, cpu, switches) for entry in rounds(PROBE.id, times, 8)]
    entries: list[Entry] = [*seen_alike(PROBE, twice(observation(returned(1)))), *played]
    return record_of(plan(PROBE), *entries)


def _with(played: RoundMeasured, cpu: dict[str, float], switches: tuple[int, int]) -> RoundMeasured:
    arms = (
        replace(
            arm,
            values=tuple(
                replace(taken, cpu=round(taken.wall * cpu.get(arm.arm, 0.1)), switches=switches)
                for taken in arm.values
            ),
        )
        for arm in played.arms
    )
    return replace(played, arms=tuple(arms))


def warns_of_shared_cpu(record: Record) -> bool:
    return any(notice.kind is NoticeKind.SHARED_CPU for notice in notices_of_run(record))


def test_the_cpu_time_of_waiting_stands_in_a_table_with_its_ratio() -> None:
    shown = waiting(waited({UVLOOP: 0.2}, (100, 0)))
    assert shown is not None
    by_backend = {backend: (share, ratio) for _, backend, _, _, share, ratio in shown.rows}
    assert by_backend["asyncio"] == ("10.0%", "baseline")
    share, ratio = by_backend["uvloop"]
    assert share == "20.0%"
    assert ratio.startswith("2")


def test_a_judgement_is_of_wall_times_and_stands_beside_no_ratio_of_cpu_times() -> None:
    benches = {bench["name"]: bench for bench in json.loads(github.render(waited({UVLOOP: 0.2}, (100, 0))))}
    assert benches[f"{PROBE.id} on {UVLOOP}, time ratio"]["extra"].endswith("no clear difference")
    assert benches[f"{PROBE.id} on {UVLOOP}, ratio of CPU times"]["extra"].endswith("]")


def test_nothing_else_is_said_to_have_run_where_a_scenario_waits_of_itself() -> None:
    assert not warns_of_shared_cpu(waited({}, (100, 0)))


def test_a_cpu_that_was_taken_is_said_to_be_shared_and_no_scenario_to_wait() -> None:
    record = waited({}, (0, 100))
    assert warns_of_shared_cpu(record)
    assert waiting(record) is None
