"""What a case is measured with is looked at again and again: its identity, its code, and the collector."""

import asyncio
import gc
import time
from collections.abc import Callable

import pytest

from harness.backends.instruments import Instruments
from harness.backends.registry import find_backend
from harness.backends.runtime import open_backend
from harness.worker.loading import run_on
from harness.worker.refusals import NotAsOpened

NAMES = ("asyncio:gather", "asyncio:TaskGroup", "time:perf_counter_ns")


def test_what_stays_as_it_was_has_not_changed() -> None:
    assert Instruments(NAMES).changed() is None


BACKENDS = ("asyncio", "uvloop", "trio", "asyncio+taskgroup", "trio+anyio")


async def answer() -> int:
    return 42


@pytest.mark.parametrize("name", BACKENDS)
def test_every_backend_is_measured_with_what_it_opened(name: str) -> None:
    runtime = open_backend(find_backend(name))
    assert run_on(runtime, answer) == 42
    assert runtime.not_as_opened() is None


@pytest.mark.parametrize("name", BACKENDS)
def test_no_backend_is_measured_with_another_clock_than_it_was_opened_with(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    runtime = open_backend(find_backend(name), ["time:perf_counter_ns"])
    halve_the_clock(monkeypatch)
    with pytest.raises(NotAsOpened, match=r"was measured with another time\.perf_counter_ns than"):
        run_on(runtime, answer)


async def another_gather(*_: object, return_exceptions: bool = False) -> list[object]:
    return [return_exceptions]


def replace_gather(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asyncio, "gather", another_gather)


def replace_the_code_of_gather(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asyncio.gather, "__code__", another_gather.__code__)


def replace_a_method_of_task_groups(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asyncio.TaskGroup, "create_task", another_gather)


def halve_the_clock(patch: pytest.MonkeyPatch) -> None:
    own = time.perf_counter_ns
    patch.setattr(time, "perf_counter_ns", lambda: own() // 2)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (replace_gather, "asyncio.gather"),
        (replace_the_code_of_gather, "asyncio.gather"),
        (replace_a_method_of_task_groups, "asyncio.TaskGroup"),
        (halve_the_clock, "time.perf_counter_ns"),
    ],
)
def test_what_is_replaced_or_changed_inside_is_named(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None], name: str
) -> None:
    instruments = Instruments(NAMES)
    change(monkeypatch)
    assert instruments.changed() == f"was measured with another {name} than Python's or the library's own"


def test_a_collector_that_is_off_is_named() -> None:
    instruments = Instruments(NAMES)
    gc.disable()
    try:
        changed = instruments.changed()
    finally:
        gc.enable()
    assert changed == "switched off the garbage collection that every backend is measured with"


def test_a_collector_with_other_thresholds_is_named() -> None:
    instruments, before = Instruments(NAMES), gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        changed = instruments.changed()
    finally:
        gc.set_threshold(*before)
    assert changed == "set the thresholds of garbage collection to (100000, 50, 100)"


def test_the_class_of_the_loop_that_runs_is_known_in_every_family() -> None:
    classes = {name: open_backend(find_backend(name)).loop_class() for name in ("asyncio", "uvloop", "trio")}
    assert classes["uvloop"] == "uvloop.Loop"
    assert classes["asyncio"].startswith("asyncio.")
    assert classes["trio"].endswith("run")
