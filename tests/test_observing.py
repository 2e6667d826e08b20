"""Looks at small scenarios on asyncio and trio: from the loop's start to after its garbage is collected."""

# ruff: noqa: T201 - scenarios print

import asyncio
import gc
import inspect
import json
import os
import random
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import anyio
import msgspec
import pytest
import trio

import harness
from harness.backends.registry import find_backend
from harness.backends.runtime import open_backend
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.evidence import Frame, RaisedError
from harness.protocol.messages import OBSERVATIONS_PER_PROCESS
from harness.protocol.observations import (
    NO_LEAKS,
    Diagnostic,
    Leaks,
    Observation,
    ObservationCount,
    ObservedOn,
)
from harness.worker.channel import Channel
from harness.worker.describing import Describer
from harness.worker.loading import BoundScenario
from harness.worker.observing import observe, observe_once
from harness.worker.refusals import Undescribable

describe = Describer().describe

Body = Callable[[], Awaitable[Any]]

everywhere = pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
on_asyncio = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


@pytest.fixture(autouse=True, scope="module")
def _light_collections() -> Iterator[None]:
    """The hundred thousand objects of pytest's own are not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _own_folder_and_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's folder is empty and its hooks are Python's; pytest gets its own back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    gc.collect()


def observe_in_this_process(body: Body, loop: str) -> Observation:
    """One look, in this process, after everything that a loop opens once has been opened."""
    running = open_backend(find_backend(loop))
    running.check()
    return observe_once(BoundScenario(body, None, __file__), running)


async def idle() -> None:
    """A coroutine to forget."""


async def fail() -> None:
    raise ValueError("Oops")


@everywhere
def test_a_quiet_scenario_is_its_value_and_nothing_else(loop: str) -> None:
    async def probe() -> list[int]:
        return [1, 2]

    assert observe_in_this_process(probe, loop) == Observation(
        Outcome("returned", describe([1, 2])), (), (), NO_LEAKS
    )


@everywhere
@pytest.mark.parametrize(
    "error",
    [ValueError("Oops"), SystemExit(3), KeyboardInterrupt(), ExceptionGroup("", [KeyError("k")])],
    ids=repr,
)
def test_whatever_a_scenario_raises_is_described(loop: str, error: BaseException) -> None:
    async def probe() -> None:
        raise error

    assert observe_in_this_process(probe, loop).outcome == Outcome("raised", describe(error))


def line_of(function: Callable[..., object], text: str) -> int:
    """The number of the function's line that holds this text, in this file."""
    lines, first = inspect.getsourcelines(function)
    return first + next(number for number, line in enumerate(lines) if text in line)


@everywhere
def test_where_a_scenario_raises_is_seen_as_the_last_of_its_files_lines(loop: str) -> None:
    async def probe() -> None:
        await fail_in_a_library()

    async def fail_in_a_library() -> None:
        json.loads("{")

    assert observe_in_this_process(probe, loop).raised_on_line == line_of(fail_in_a_library, "json.loads")


@everywhere
def test_an_error_is_kept_with_its_message_and_the_lines_that_led_to_it(loop: str) -> None:
    async def probe() -> None:
        json.loads(5)  # type: ignore[arg-type]

    [error] = observe_in_this_process(probe, loop).errors
    assert error.text == "TypeError: the JSON object must be str, bytes or bytearray, not int"
    own, library = error.frames
    assert (own.file, own.line, own.own) == ("test_observing.py", line_of(probe, "json.loads"), True)
    assert own.code.startswith("json.loads(5)")
    assert (library.file, library.function, library.own) == ("json/__init__.py", "loads", False)


@everywhere
def test_where_an_error_inside_a_group_was_raised_is_seen_and_not_where_the_group_was(loop: str) -> None:
    async def probe() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(fail)

    assert observe_in_this_process(probe, loop).raised_on_line == line_of(fail, "raise")


@everywhere
def test_a_scenario_that_returns_or_raises_outside_its_file_has_no_line(loop: str) -> None:
    async def probe() -> int:
        return 1

    running = open_backend(find_backend(loop))
    assert observe_in_this_process(probe, loop).raised_on_line is None
    assert observe_once(BoundScenario(fail, None, "elsewhere.py"), running).raised_on_line is None


def test_an_error_whose_own_parts_raise_has_no_line_and_is_described_all_the_same() -> None:
    class Spiteful(ExceptionGroup[Exception]):
        @property
        def exceptions(self) -> tuple[Exception, ...]:
            raise ValueError("not telling")

    async def probe() -> None:
        raise Spiteful("", [KeyError("k")])

    seen = observe_in_this_process(probe, "asyncio")
    assert seen.outcome.how == "raised"
    assert seen.raised_on_line is None


def raised_at(line: int) -> RaisedError:
    return RaisedError("ValueError: Oops", (Frame("probe.py", line, "probe", own=True),))


def test_two_observations_that_differ_only_in_the_line_are_one() -> None:
    raised = Outcome("raised", describe(ValueError("Oops")))
    one, other = (Observation(raised, errors=(raised_at(line),)) for line in (1, 2))
    assert one == other
    assert len({one, other}) == 1


@everywhere
def test_prints_are_seen_in_order(loop: str) -> None:
    async def probe() -> None:
        print("one")
        async with anyio.create_task_group() as group:
            group.start_soon(say, "two")
        print("three")

    async def say(word: str) -> None:
        print(word)

    assert observe_in_this_process(probe, loop).prints == ("one", "two", "three")


@everywhere
def test_a_coroutine_that_nobody_awaits_is_seen(loop: str) -> None:
    async def probe() -> None:
        idle()  # type: ignore[unused-coroutine]

    assert observe_in_this_process(probe, loop).diagnostics == (Diagnostic("never-awaited"),)


@on_asyncio
def test_an_error_that_nobody_retrieves_is_seen(loop: str) -> None:
    async def probe() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])

    seen = observe_in_this_process(probe, loop)
    assert seen.diagnostics == (Diagnostic("never-retrieved", describe(ValueError("Oops"))),)
    assert seen.outcome == Outcome("returned", describe(None))


async def outlive_the_loop() -> None:
    """When the runner cancels it, it starts another task, which nobody cancels."""
    try:
        await anyio.sleep_forever()
    finally:
        asyncio.ensure_future(anyio.sleep_forever())  # noqa: RUF006


@on_asyncio
def test_a_task_that_is_destroyed_while_it_waits_is_seen(loop: str) -> None:
    async def probe() -> None:
        asyncio.ensure_future(outlive_the_loop())  # noqa: RUF006
        await asyncio.sleep(0)

    seen = observe_in_this_process(probe, loop)
    assert [one.kind for one in seen.diagnostics] == ["destroyed-pending"]
    assert seen.leaks == NO_LEAKS


@on_asyncio
def test_a_task_that_outlives_its_loop_is_left(loop: str) -> None:
    kept: list[asyncio.Task[None]] = []

    async def probe() -> None:
        kept.append(asyncio.get_running_loop().create_task(keep_one()))
        await asyncio.sleep(0)

    async def keep_one() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            kept.append(asyncio.get_running_loop().create_task(anyio.sleep_forever()))

    assert observe_in_this_process(probe, loop).leaks == Leaks(tasks=1)
    for task in kept:
        task._log_destroy_pending = False  # type: ignore[attr-defined]


@everywhere
def test_a_socket_left_open_is_unclosed_and_no_longer_open_when_counted(loop: str) -> None:
    async def probe() -> None:
        import socket  # noqa: PLC0415

        socket.socket()

    seen = observe_in_this_process(probe, loop)
    assert [one.kind for one in seen.diagnostics] == ["unclosed"]
    assert seen.leaks == NO_LEAKS


@everywhere
def test_descriptors_threads_and_files_left_behind_are_seen(loop: str) -> None:
    ends: list[int] = []
    done = threading.Event()
    thread = threading.Thread(target=done.wait, daemon=True)

    async def probe() -> None:
        ends.extend(os.pipe())
        thread.start()
        open("left", "w").close()  # noqa: ASYNC230, PTH123 - an AnyIO path would start a thread

    seen = observe_in_this_process(probe, loop)
    done.set()
    thread.join()
    for end in ends:
        os.close(end)
    assert seen.leaks == Leaks(threads=1, descriptors=2, files=("left",))


@everywhere
def test_an_error_in_a_thread_and_one_in_a_finalizer_are_seen(loop: str) -> None:
    class Spiteful:
        def __del__(self) -> None:
            raise KeyError("from __del__")

    async def probe() -> None:
        thread = threading.Thread(target=int, args=["x"])
        thread.start()
        thread.join()
        Spiteful()

    assert [str(one) for one in observe_in_this_process(probe, loop).diagnostics] == [
        "other: KeyError('from __del__')",
        "other: ValueError(\"invalid literal for int() with base 10: 'x'\")",
    ]


def frames_above() -> list[str]:
    """The files of the frames above the caller's, up to that of `anyio.run`."""
    frame = inspect.currentframe()
    frame = frame.f_back.f_back if frame and frame.f_back else None
    files: list[str] = []
    while frame is not None and (frame.f_code.co_name, frame.f_globals.get("__name__")) != (
        "run",
        "anyio._core._eventloop",
    ):
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    assert frame is not None
    return files


@everywhere
def test_nothing_of_ours_stands_between_anyio_run_and_the_scenario(loop: str) -> None:
    above: list[str] = []

    async def probe() -> None:
        above.extend(frames_above())

    observe_in_this_process(probe, loop)
    ours = str(Path(harness.__file__).parent)
    assert above
    assert not [file for file in above if file.startswith(ours)]


def test_on_asyncio_the_scenario_is_the_only_task() -> None:
    async def probe() -> list[int]:
        return [len(asyncio.all_tasks()), len(anyio.get_running_tasks())]

    assert observe_in_this_process(probe, "asyncio").outcome == Outcome("returned", describe([1, 1]))


def test_on_trio_the_scenario_runs_in_the_root_task_of_its_run() -> None:
    async def probe() -> list[bool]:
        task = trio.lowlevel.current_task()
        root = trio.lowlevel.current_root_task()
        nursery = task.parent_nursery
        return [nursery is not None and nursery.parent_task is root, not task.child_nurseries]

    assert observe_in_this_process(probe, "trio").outcome == Outcome("returned", describe([True, True]))


class Fleeting:
    """Says so when it is collected."""

    def __del__(self) -> None:
        print("collected")


@dataclass(frozen=True)
class Holder:
    """A result that keeps itself alive until the collector comes."""

    inner: list[Any]

    def __del__(self) -> None:
        print("collected")


@everywhere
def test_a_result_is_dropped_before_the_collection(loop: str) -> None:
    async def probe() -> Holder:
        return Holder([1])

    assert observe_in_this_process(probe, loop).prints == ("collected",)


@everywhere
def test_an_error_and_its_traceback_are_dropped_before_the_collection(loop: str) -> None:
    async def probe() -> None:
        kept_by_the_frame = Fleeting()
        error = ValueError(Fleeting())
        error.__context__ = error.__cause__ = KeyError(error, kept_by_the_frame)
        raise error

    seen = observe_in_this_process(probe, loop)
    assert seen.prints == ("collected", "collected")
    assert str(seen.outcome).startswith("raised ValueError(<")


def test_what_cannot_be_described_is_refused_and_the_watch_ends() -> None:
    async def probe() -> set[int]:
        return {1}

    before = sys.stdout
    with pytest.raises(Undescribable, match="a set has no order"):
        observe_in_this_process(probe, "asyncio")
    assert sys.stdout is before


@everywhere
def test_a_set_up_is_torn_down_before_the_observation_ends(loop: str) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def set_up() -> AsyncIterator[Body]:
        steps.append("set up")
        yield operation
        steps.append("torn down")

    async def operation() -> str:
        steps.append("operation")
        return "done"

    running = open_backend(find_backend(loop))
    seen = observe_once(BoundScenario(None, set_up), running)
    assert seen.outcome == Outcome("returned", describe("done"))
    assert steps == ["set up", "operation", "torn down"]


class Collected(Channel):
    """A channel to nobody, which keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, object]] = []

    def send(self, kind: str, message: object = None) -> None:
        self.sent.append((kind, message))


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_each_observation_has_a_new_loop_and_is_sent_at_once(loop: str) -> None:
    channel = Collected()
    sent_before: list[int] = []

    async def probe() -> int:
        sent_before.append(len(channel.sent))
        return random.getrandbits(32)

    running = open_backend(find_backend(loop))
    observe(BoundScenario(probe, None), running, channel)
    *looks, last = channel.sent
    assert last == ("done", ObservedOn(running.loop_class()))
    assert 2 <= len(looks) <= OBSERVATIONS_PER_PROCESS
    assert sent_before == list(range(len(looks)))


def test_draws_differ_between_observations_and_are_the_same_in_every_process() -> None:
    async def probe() -> int:
        return random.getrandbits(32)

    def draws(loop: str) -> list[Description]:
        channel = Collected()
        observe(BoundScenario(probe, None), open_backend(find_backend(loop)), channel)
        return [cast("ObservationCount", seen).observation.outcome.what for _, seen in channel.sent[:-1]]

    one, other = draws("asyncio"), draws("trio")
    both = min(len(one), len(other))
    assert one[:both] == other[:both]
    assert len(set(one)) == len(one)


def test_an_observation_arrives_in_the_parent_as_it_was_sent() -> None:
    async def probe() -> None:
        print("printed")
        idle()  # type: ignore[unused-coroutine]
        raise ExceptionGroup("", [ValueError(1), OSError(2, "x")])

    seen = observe_in_this_process(probe, "asyncio")
    arrived = msgspec.json.decode(json.dumps(asdict(seen)), type=Observation)
    assert arrived == seen
    assert arrived.raised_on_line == seen.raised_on_line is not None
