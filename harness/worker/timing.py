"""Takes turns: one event loop and one set-up for the whole worker, one value a turn, silence between.

The worker blocks on its pipe until the parent says that it is its turn. Before the clock
starts it runs a few untimed iterations and a full garbage collection; what it measures beside
wall time is read outside the clock.
"""

import gc
import io
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from time import perf_counter_ns, process_time_ns
from typing import Any

import anyio

from harness.backends.running import Running
from harness.observation import Outcome
from harness.protocol import Assignment, Farewell, Turn, Value
from harness.worker.channel import Channel
from harness.worker.clock import Clock
from harness.worker.describe import Describer
from harness.worker.latency import EachOperation
from harness.worker.loading import Operation, Story, open_assignment
from harness.worker.memory import memory
from harness.worker.refusal import LeavesTasks

GRACE = 0.01
"""Seconds that a first iteration's tasks are given to end, off the clock, before they count as left."""


def take_turns(assignment: Assignment, channel: Channel) -> None:
    """Run the turns that the parent asks for, then say farewell with a pyperf run."""
    story, running = open_assignment(assignment)
    sys.stdout = _Nowhere()
    session = _Session(story, running, channel)
    try:
        anyio.run(session.run, backend=running.anyio_backend, backend_options=running.options)
    except BaseException as error:  # noqa: BLE001 - the parent needs to know what ended the story
        channel.send("raised", Outcome("raised", Describer(running.cancelled).describe(error)))
        return
    if session.left_behind:
        raise LeavesTasks(
            f"a timed story ends every task that it starts; this one left {session.left_behind}"
        )
    channel.send("farewell", session.farewell())


class _Session:
    """The life of one worker inside its event loop."""

    def __init__(self, story: Story, running: Running, channel: Channel) -> None:
        self._story = story
        self._running = running
        self._channel = channel
        self._clock = Clock()
        self._each = EachOperation()
        self._described: object = None
        self._describer = Describer(running.cancelled)
        self._startup = 0
        self._resident = memory("VmRSS")
        self._release: dict[str, Any] = {}
        self._threads = 1
        self._values: list[tuple[bool, Value]] = []
        self.left_behind = 0

    async def run(self) -> None:
        if self._story.set_up is None:
            await self._serve(self._story.operation)
        else:
            async with self._story.set_up() as operation:
                await self._serve(operation)

    async def _serve(self, operation: Operation | None) -> None:
        if operation is None:
            raise TypeError("the story has nothing to time")
        await self._first(operation)
        if self.left_behind:
            return
        self._startup = process_time_ns()
        self._channel.send("ready")
        while True:
            rested, resting = process_time_ns(), perf_counter_ns()
            message = self._channel.receive()
            waited, idle = perf_counter_ns() - resting, process_time_ns() - rested
            if message["kind"] == "release":
                self._release, self._threads = message["message"], _threads()  # the loop's are gone with it
                return
            value = await self._turn(operation, Turn(**message["message"]))
            value = replace(value, waited=waited, idle_cpu=idle)
            self._values.append((message["kind"] == "warmup", value))
            self._channel.send("value", value)

    async def _first(self, operation: Operation) -> None:
        """The first iteration, and whether it left tasks behind; nothing is timed if it did."""
        before = self._running.count_tasks()
        await operation()
        if self._running.count_tasks() > before:
            await anyio.sleep(GRACE)
        self.left_behind = max(0, self._running.count_tasks() - before)

    async def _turn(self, operation: Operation, turn: Turn) -> Value:
        random.seed(turn.seed)
        for _ in repeat(None, turn.untimed):
            await operation()
        if turn.timed != "uncollected":
            gc.collect()
        result, value = await self._timed(operation, turn)
        described = self._describer.describe(result)
        news = None if described == self._described else described
        self._described = described
        return replace(value, result=news)

    async def _timed(self, operation: Operation, turn: Turn) -> tuple[object, Value]:
        """The last result, and the value: of a turn that times each iteration, of all of them together."""
        if turn.timed != "each":
            return await self._clock.time(operation, turn.loops)
        result, value = await self._clock.time(self._each.of(operation, turn.loops), 1)
        self._each.sketch()
        return result, replace(value, loops=turn.loops)

    def farewell(self) -> Farewell:
        """What the worker has to tell after its round: collected off everybody's clock."""
        peak = memory("VmHWM")
        known = peak is not None and self._resident is not None
        return Farewell(
            pyperf=_pyperf_run(self._values, self._release),
            startup=self._startup,
            peak=peak - self._resident if known else None,  # type: ignore[operator]
            threads=self._threads,
            sketched=self._each.sketched(),
        )


class _Nowhere(io.TextIOBase):
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
    import pyperf  # noqa: PLC0415 - paid after the round, not before it

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
