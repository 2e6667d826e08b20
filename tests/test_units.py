"""A unit, a benchmark with its twins, is journaled as a whole or not at all, wherever a run is killed."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import pytest

from harness.records import store
from harness.records.cost import BenchmarkCost
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    RoundMeasured,
    RunFinished,
    RunStarted,
    UnitBegun,
    UnitFinished,
)
from harness.records.pace import ArmFailure
from harness.records.store import files
from harness.runner import session
from harness.runner.measuring import CostMeter
from harness.runner.state import RunState
from harness.runner.units import Unit, units_of
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    beside,
    collected,
    rounds,
)
from tests.unit_entries import DONE, FIRST, HOST, OTHER, PLAN, SECOND, UNTIMED, entries_of


class Killed(BaseException):
    """What SIGKILL does to a process, in one that goes on to look at what is left."""


class Sittings:
    """Runs in one folder, one after the other, of which each is killed at the write of this number."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.number = 0
        self._patch = monkeypatch
        monkeypatch.setattr(session, "measure_unit", self._measured)

    def _measured(self, state: RunState, unit: Unit, host: int) -> Generator[Entry, None, None]:
        assert unit in state.units
        assert host == 1
        yield from entries_of(unit, float(self.number))

    def sit(self, last_write: int | None, share: float = 0.0) -> bool:
        """Begin or go on; the write of this number has only a share of its bytes. True when it was killed."""
        self.number += 1
        with self._patch.context() as patch:
            if last_write is not None:
                patch.setattr(os, "write", dying(last_write, share))
            try:
                self._go_on()
            except Killed:
                return True
        return False

    def _go_on(self) -> None:
        if files.is_begun(self.folder):
            run = session.resume(self.folder)
        else:
            (self.folder / store.JOURNAL).unlink(missing_ok=True)
            run = session.Session(self.folder, RunState(begun(PLAN)), store.Journal(self.folder))
            with closing_if_killed(run.journal):
                run.journal.append(run.state.run)
        session.measure(run, lambda _: None)


@contextmanager
def closing_if_killed(journal: store.Journal) -> Iterator[None]:
    """Give up the lock that the system takes from a process that is killed."""
    try:
        yield
    except Killed:
        journal.__exit__()
        raise


def dying(last: int, share: float) -> object:
    """Return os.write as it is until the write of this number, of which some bytes are the last."""
    numbers, write = count(), os.write

    def written(file: int, data: bytes) -> int:
        if next(numbers) == last:
            write(file, data[: int(len(data) * share)])
            raise Killed
        return write(file, data)

    return written


def parts(folder: Path) -> dict[str, set[float]]:
    """Return the sittings that each benchmark's rounds are of."""
    _, entries = store.read_journal(folder)
    sittings: dict[str, set[float]] = {}
    for entry in entries:
        if isinstance(entry, RoundMeasured):
            sittings.setdefault(entry.benchmark, set()).add(entry.seconds)
    return sittings


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999, 1.0])
@pytest.mark.parametrize("write", range(5))
def test_a_run_killed_at_any_write_and_resumed_has_no_unit_of_two_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int, share: float
) -> None:
    sittings = Sittings(tmp_path, monkeypatch)
    assert sittings.sit(write, share)
    assert not sittings.sit(None)
    _, entries = store.read_journal(tmp_path)
    assert [len(of) for of in parts(tmp_path).values()] == [1, 1]
    assert [entry.benchmarks for entry in entries if isinstance(entry, UnitBegun)] == [
        unit.benchmarks for unit in (UNTIMED, FIRST, SECOND)
    ]
    assert sum(isinstance(entry, CaseObserved) for entry in entries) == 8
    assert sum(isinstance(entry, RoundMeasured) for entry in entries) == 12
    assert isinstance(entries[-1], RunFinished)


def test_a_run_has_five_writes_of_which_a_kill_is_tried_at_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Sittings(tmp_path, monkeypatch).sit(5)
    assert parts(tmp_path) == {"host": {1.0}, "other": {1.0}}


def test_a_run_killed_again_and_again_has_every_unit_of_one_sitting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sittings = Sittings(tmp_path, monkeypatch)
    assert [sittings.sit(1, 0.5) for _ in range(5)] == [True, True, True, True, False]
    assert [len(of) for of in parts(tmp_path).values()] == [1, 1]


def test_a_twin_is_in_the_unit_of_its_host_and_what_is_not_timed_comes_first() -> None:
    assert units_of(PLAN) == (FIRST, SECOND, UNTIMED)
    assert RunState(begun(PLAN)).units == (UNTIMED, FIRST, SECOND)


def test_what_a_journal_holds_of_a_unit_that_was_begun_again_is_void() -> None:
    whole = list(entries_of(SECOND, 2.0))
    torn = whole[:-3]
    again = RunState(begun(PLAN), [*torn, *whole])
    assert again.record() == RunState(begun(PLAN), whole).record()
    assert again.result(OTHER).rounds == 6


def test_a_unit_without_its_mark_is_whole_where_an_older_journal_has_all_of_it() -> None:
    bare = [entry for entry in entries_of(FIRST, 1.0) if not isinstance(entry, UnitBegun | UnitFinished)]
    assert RunState(begun(PLAN), bare).is_measured(FIRST)
    assert not RunState(begun(PLAN), bare[:-1]).is_measured(FIRST)
    assert not RunState(begun(PLAN), bare[1:]).is_measured(FIRST)


def test_a_record_keeps_what_each_benchmark_cost() -> None:
    state = RunState(begun(PLAN), chain(entries_of(FIRST, 3.0), entries_of(SECOND, 5.0)))
    costs = {result.benchmark.id: result.cost for result in state.record().results}
    assert {name: cost and cost.seconds for name, cost in costs.items()} == {
        "host": 4.0,
        "twin": 4.0,
        "other": 6.0,
        "shown": None,
    }


def test_the_seconds_before_an_entry_are_what_it_is_about() -> None:
    seconds = iter([0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 127.0])
    meter = CostMeter(FIRST, lambda: next(seconds))
    failure = ArmFailure(UVLOOP, "killed by SIGSEGV")
    [measured] = rounds("host", {ASYNCIO: 1.0}, 1)
    [passed] = beside(HOST, "collections", [[collected(ASYNCIO, 1, 0.1)]])
    for entry, calibrated in (
        (CaseObserved("twin", ASYNCIO, ()), False),
        (ArmDropped("host", failure, "crashed"), False),
        (BenchmarkCalibrated("host", PACE), False),
        (measured, False),
        (ArmDropped("host", failure, "crashed"), True),
        (passed, False),
        (BenchmarkFinished("host", DONE), False),
    ):
        meter.add(entry, calibrated=calibrated)
    assert list(meter.of_benchmarks()) == [BenchmarkCost(0.0, 6.0, 88.0, 32.0), BenchmarkCost(1.0, 0, 0, 0)]


def test_a_run_has_its_machine_on_every_host_unless_it_was_merged() -> None:
    run: RunStarted = begun(PLAN)
    slow = replace(run.machine, load=9.0)
    assert run.machine_of(1) == run.machine
    assert replace(run, hosts=(run.machine, slow)).machine_of(2) == slow
