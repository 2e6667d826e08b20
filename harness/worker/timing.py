"""Takes turns: one event loop and one set-up for the whole worker, one value a turn, silence between.

The worker blocks on its pipe until the parent says that it is its turn. Before the clock
starts it runs a full garbage collection and untimed iterations; what it measures beside wall time
is read outside the clock.
"""

import gc
import io
import json
import os
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from time import perf_counter_ns, process_time_ns
from typing import Any, NamedTuple

import anyio

from harness.backends.runtime import Runtime
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.messages import CaseSpec, Turn, Value, WorkerSummary
from harness.worker.channel import Channel
from harness.worker.clock import Clock
from harness.worker.describing import Describer
from harness.worker.loading import BoundScenario, Operation, open_assignment, run_on
from harness.worker.memory import memory
from harness.worker.operation_timer import OperationTimer
from harness.worker.refusals import AnotherLoop, LeavesTasks

LARGE = 1024 * 1024
"""Bytes; four times what asyncio asks for whenever it reads."""

YOUNG, FULL = 1, 2
"""The oldest generation that is collected right before the clock, in a warm turn and in another."""

GRACE = 0.01
"""Seconds that a first iteration's tasks are given to end, off the clock, before they count as left."""


def take_turns(assignment: CaseSpec, channel: Channel) -> None:
    """Run the turns that the parent asks for, then say farewell with a pyperf run."""
    story, running = open_assignment(assignment)
    settle_allocator()
    sys.stdout = _DiscardedOutput()
    session = _Session(story, running, channel)
    try:
        run_on(running, session.run)
    except AnotherLoop:
        raise
    except BaseException as error:  # noqa: BLE001 - the parent needs to know what ended the story
        channel.send("raised", Outcome("raised", Describer(running.cancelled).describe(error)))
        return
    if session.left_behind:
        raise LeavesTasks(
            f"a timed story ends every task that it starts; this one left {session.left_behind}"
        )
    channel.send("farewell", session.farewell())


def settle_allocator() -> None:
    """Bring the C library's allocator into the state of a process that has lived a while.

    glibc has the system map every block of 128 KiB or more, and unmap it, until one of that size has
    been freed whole (mallopt(3), M_MMAP_THRESHOLD). asyncio asks for 256 KiB to read some bytes: until
    its first connection ends, an echo costs it twice the time (https://github.com/python/cpython/issues/85451).
    """
    bytes(LARGE)


class _Called(NamedTuple):
    """A turn that the parent called for, after how many nanoseconds, and the CPU time used meanwhile."""

    turn: Turn
    warmup: bool
    waited: int
    idle_cpu: int


class _Session:
    """The life of one worker inside its event loop."""

    def __init__(self, story: BoundScenario, running: Runtime, channel: Channel) -> None:
        self._story = story
        self._running = running
        self._channel = channel
        self._clock = Clock()
        self._each = OperationTimer()
        self._described: object = None
        self._describer = Describer(running.cancelled)
        self._startup = 0
        self._resident = memory("VmRSS")
        self._release: dict[str, Any] = {}
        self._threads = 1
        self._values: list[tuple[bool, Value]] = []
        self.left_behind = 0

    async def run(self) -> None:
        """Set up, serve turns until the parent has enough, and tear down; none of it on another loop."""
        if self._running.other_loop():
            return
        async with self._story.opened() as operation:
            await self._first(operation)
            if self.left_behind:
                return
            self._startup = process_time_ns()
            self._channel.send("ready")
            while (called := self._wait()) is not None:
                self._tell(called, await self.turn(operation, called.turn))

    async def _first(self, operation: Operation) -> None:
        """The first iteration, and whether it left tasks behind; nothing is timed if it did."""
        before = self._running.count_tasks()
        await operation()
        if self._running.count_tasks() > before:
            await anyio.sleep(GRACE)
        self.left_behind = max(0, self._running.count_tasks() - before)

    def _wait(self) -> _Called | None:
        """The turn that the parent calls for, once it does; None when there are no more."""
        rested, resting = process_time_ns(), perf_counter_ns()
        message = self._channel.receive()
        waited, idle = perf_counter_ns() - resting, process_time_ns() - rested
        if message["kind"] == "release":
            self._release, self._threads = message["message"], _threads()  # the loop's are gone with it
            return None
        return _Called(Turn(**message["message"]), message["kind"] == "warmup", waited, idle)

    async def turn(self, operation: Operation, turn: Turn) -> Value:
        """The value of one turn, with its last result.

        All of it in one coroutine: a story that suspends does so through every coroutine that awaits it.
        A full collection touches every object and leaves the caches cold, so in a warm turn the untimed
        iterations come after it; their own garbage is collected among the young objects alone.
        """
        random.seed(turn.seed)
        collects = turn.timed != "uncollected"
        if collects and turn.warm:
            gc.collect()
        for _ in repeat(None, turn.untimed):
            await operation()
        loops = turn.loops
        if turn.timed == "each":
            operation, loops = self._each.of(operation, turn.loops), 1
        if collects:
            gc.collect(YOUNG if turn.warm else FULL)
        result: object = None
        function, arguments = _unbound(operation)
        self._clock.start()
        for _ in repeat(None, loops):
            result = await function(*arguments)
        value = self._clock.stop(turn.loops)
        if turn.timed == "each":
            self._each.sketch()
        return replace(value, result=self._news(result))

    def _tell(self, called: _Called, value: Value) -> None:
        value = replace(value, waited=called.waited, idle_cpu=called.idle_cpu)
        self._values.append((called.warmup, value))
        self._channel.send("value", value)

    def _news(self, result: object) -> Description | None:
        """The result described, if it is not that of the turn before."""
        described = self._describer.describe(result)
        news = None if described == self._described else described
        self._described = described
        return news

    def farewell(self) -> WorkerSummary:
        """What the worker has to tell after its round: collected off everybody's clock."""
        peak = memory("VmHWM")
        known = peak is not None and self._resident is not None
        return WorkerSummary(
            pyperf=_pyperf_run(self._values, self._release),
            startup=self._startup,
            peak=peak - self._resident if known else None,  # type: ignore[operator]
            threads=self._threads,
            sketch=self._each.sketched(),
        )


def _unbound(operation: Operation) -> tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]:
    """The function and its arguments: a call through partial() costs about 50 ns more, inside the clock."""
    if isinstance(operation, partial) and not operation.keywords:
        return operation.func, operation.args
    return operation, ()


class _DiscardedOutput(io.TextIOBase):
    """Where a story's prints go while it is timed: cheaply nowhere."""

    def write(self, text: str) -> int:
        return len(text)


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - only the count is wanted
    except OSError:
        return 1


_PRIVATE = ("hostname", "python_executable", "python_config_args")
"""pyperf metadata that would put this machine's name and paths into a published record."""


def _pyperf_run(values: Sequence[tuple[bool, Value]], about: dict[str, Any]) -> str:
    """A worker's values as pyperf writes a benchmark of one run; `about` is its metadata."""
    import pyperf

    run = pyperf.Run(
        [value.wall / value.loops / 1e9 for warmup, value in values if not warmup],
        warmups=[(value.loops, value.wall / value.loops / 1e9) for warmup, value in values if warmup],
        metadata=about,
        collect_metadata=True,
    )
    text = io.StringIO()
    pyperf.Benchmark([run]).dump(text)
    written = json.loads(text.getvalue())
    for name in _PRIVATE:
        written["metadata"].pop(name, None)
    return json.dumps(written)
