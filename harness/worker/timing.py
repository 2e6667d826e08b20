"""Takes turns in one event loop and one set-up for the whole worker: one value a turn, silence between.

The worker blocks on its pipe until the parent says that it is its turn. Before the clock
starts it runs a full garbage collection and untimed iterations; what it measures beside wall time
is read outside the clock.
"""

import gc
import os
import random
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import repeat
from time import perf_counter_ns, process_time_ns
from typing import Any, NamedTuple

import anyio

from harness.backends.runtime import Runtime
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.laps import lap_sizes
from harness.protocol.messages import CaseSpec, Turn, Value, WorkerSummary
from harness.worker.asked import answer_where_it_hangs
from harness.worker.captured_output import discarding_output
from harness.worker.channel import Channel
from harness.worker.clock import CLOCKS, Clock, value_of
from harness.worker.describing import Describer
from harness.worker.growth import GrowthMeter
from harness.worker.loading import BoundScenario, Operation, open_case, run_on
from harness.worker.memory import process_memory
from harness.worker.operation_timer import OperationTimer
from harness.worker.refusals import LeavesTasks, NotAsOpened

LARGE = 1024 * 1024
"""The bytes that are allocated and freed once: four times what asyncio asks for whenever it reads."""

YOUNG, FULL = 1, 2
"""The oldest generation that is collected right before the clock: in a warm turn, and in any other."""

TASK_GRACE = 0.01
"""The seconds between two counts of the tasks that an iteration left, which may be about to end."""

MOST_GRACES = 10
"""The times that tasks are counted until their number is steady."""


def take_turns(case: CaseSpec, channel: Channel) -> None:
    """Run the turns that the parent asks for, and send a summary at the end."""
    scenario, runtime = open_case(case, CLOCKS)
    answer_where_it_hangs(channel, scenario, runtime)
    settle_allocator()
    sys.stdout = discarding_output()
    session = Session(scenario, runtime, channel)
    try:
        run_on(runtime, session.run)
    except NotAsOpened:
        raise
    except BaseException as error:  # noqa: BLE001 - the parent needs to know what ended the scenario
        channel.send("raised", Outcome("raised", Describer(runtime.cancelled).describe(error)))
        return
    if session.tasks_left:
        raise LeavesTasks(session.tasks_left, session.left_in_words)
    channel.send("summary", session.summary())


def settle_allocator() -> None:
    """Bring the C library's allocator into the state of a process that has lived a while.

    glibc has the system map every block of 128 KiB or more, and unmap it, until one of that size has
    been freed whole (mallopt(3), M_MMAP_THRESHOLD). asyncio asks for 256 KiB to read some bytes: until
    its first connection ends, an echo costs it twice the time (https://github.com/python/cpython/issues/85451).
    """
    bytes(LARGE)


class TurnCall(NamedTuple):
    """A turn that the parent called for, after how many nanoseconds, and the CPU time used meanwhile."""

    turn: Turn
    waited: int
    idle_cpu: int


class Session:
    """The life of one worker inside its event loop."""

    def __init__(self, scenario: BoundScenario, runtime: Runtime, channel: Channel) -> None:
        self._scenario = scenario
        self._runtime = runtime
        self._channel = channel
        self._clock = Clock()
        self._growth = GrowthMeter()
        self._timer = OperationTimer()
        self._described: object = None
        self._describer = Describer(runtime.cancelled)
        self._startup = 0
        self._resident = process_memory("VmRSS")
        self._threads = 1
        self.tasks_left = 0
        self.left_in_words: tuple[str, ...] = ()

    async def run(self) -> None:
        """Set up, serve turns until the parent has enough, and tear down; none of it on another loop."""
        if self._runtime.other_loop():
            return
        async with self._scenario.open() as operation:
            await self._run_first(operation)
            if self.tasks_left:
                return
            self._startup = process_time_ns()
            self._channel.send("ready")
            while (call := self._next_call()) is not None:
                self._channel.send("value", await self.turn(operation, call))

    def _check(self) -> None:
        """Raise NotAsOpened where the loop, or what is measured with, is not what the backend opened."""
        if why := self._runtime.not_as_opened():
            raise NotAsOpened(why)

    async def _run_first(self, operation: Operation) -> None:
        """Run the first iteration; if it left tasks, run another, and time nothing if that leaves any too.

        What only the first leaves is the set-up's, such as a server's task for a client that it accepts late.
        """
        before = self._runtime.count_tasks()
        await operation()
        if self._runtime.count_tasks() > before and await self._steady_count() > before:
            before, earlier = self._runtime.count_tasks(), tuple(self._runtime.suspended())
            await operation()
            self.tasks_left = max(0, await self._steady_count() - before)
            from harness.worker.waiting import tasks_since  # noqa: PLC0415 - few scenarios leave tasks

            newer = tasks_since(earlier, self._runtime, self._scenario.file) if self.tasks_left else ()
            self.left_in_words = tuple(map(str, newer))

    async def _steady_count(self) -> int:
        """Return the number of tasks once it is the same twice in a row, or after MOST_GRACES."""
        count = self._runtime.count_tasks()
        for _ in range(MOST_GRACES):
            await anyio.sleep(TASK_GRACE)
            before, count = count, self._runtime.count_tasks()
            if count == before:
                break
        return count

    def _next_call(self) -> TurnCall | None:
        """Wait for the parent's next call for a turn; return None when there are no more."""
        self._check()  # before the first turn and after every one
        cpu_before, started = process_time_ns(), perf_counter_ns()
        message = self._channel.receive()
        waited, idle = perf_counter_ns() - started, process_time_ns() - cpu_before
        if message["kind"] == "release":
            self._threads = _threads()  # the loop's are gone with it
            return None
        return TurnCall(Turn(**message["message"]), waited, idle)

    async def turn(self, operation: Operation, call: TurnCall) -> Value:
        """Return the value of one turn, with its last result.

        All of it is one coroutine: a scenario that suspends does so through every coroutine that awaits it.
        A full collection touches every object and leaves the caches cold, so in a warm turn the untimed
        iterations come after it; their own garbage is collected among the young objects alone, as all garbage
        is where no full collection is asked for.
        """
        turn = call.turn
        self._growth.count(turn.untimed + turn.loops)
        random.seed(turn.seed)
        collects = turn.timed != "uncollected"
        if collects and turn.collect and turn.warm:
            gc.collect()
        for _ in repeat(None, turn.untimed):
            await operation()
        loops = turn.loops
        if turn.timed == "each":
            operation, loops = self._timer.timed(operation, turn.loops), 1
        if collects:
            gc.collect(YOUNG if turn.warm or not turn.collect else FULL)
        result: object = None
        function, arguments = _unbound(operation)
        laps = lap_sizes(loops, turn.laps)
        marks = [0] * len(laps)
        self._clock.start()
        for lap, iterations in enumerate(laps):
            for _ in repeat(None, iterations):
                result = await function(*arguments)
            marks[lap] = perf_counter_ns()
        span = self._clock.stop(marks)
        if turn.timed == "each":
            self._timer.take_in()
        return value_of(span, turn.loops, call.waited, call.idle_cpu, self._if_changed(result))

    def _if_changed(self, result: object) -> Description | None:
        """Return the result's description, or None if it equals that of the turn before."""
        described = self._describer.describe(result)
        news = None if described == self._described else described
        self._described = described
        return news

    def summary(self) -> WorkerSummary:
        """Return what the worker says after its round; it is gathered while nobody is timed."""
        peak = process_memory("VmHWM")
        known = peak is not None and self._resident is not None
        loop_class = self._runtime.loop_class()
        return WorkerSummary(
            startup=self._startup,
            peak=peak - self._resident if known else None,  # type: ignore[operator]
            threads=self._threads,
            sketch=self._timer.latency_sketch(),
            loop_class=loop_class,
            growth=self._growth.growth(),
        )


def _unbound(operation: Operation) -> tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]:
    """Return the function and its arguments: calling partial() costs about 50 ns more inside the clock."""
    if isinstance(operation, partial) and not operation.keywords:
        return operation.func, operation.args
    return operation, ()


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1
