"""One run of one program: the objects that it uses, and the trace that it leaves.

A trace is a list of entries [task, kind, statement, value, instant]. Between two awaits a task's entries are
contiguous, so the order of entries is the order in which the loop ran the tasks.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import anyio

from harness.backends.runtime import Runtime
from harness.fuzz.interpreter.connecting import connected, joined
from harness.fuzz.interpreter.nodes import MAIN, Node, Numbering
from harness.fuzz.interpreter.real_time import Time

WHOLE = -1
"""What the scope around the whole program is called, in place of a statement's number."""

OBJECTS = 2
"""How many there are of every kind of object that programs share."""

NOTHING = "-"
"""In place of an exception or a value, where there is none."""

_MAKE: dict[str, Callable[[], Any]] = {
    "event": anyio.Event,
    "lock": anyio.Lock,
    "semaphore": lambda: anyio.Semaphore(1),
    "limiter": lambda: anyio.CapacityLimiter(1),
    "condition": anyio.Condition,
}
"""How the objects of each kind are made."""


class Failure(Exception):
    """What a program raises: it is known by the number of its statement."""


class Task:
    """What belongs to one task: its name, what it holds, its ends of streams, and who waits for it."""

    def __init__(self, name: int, ends: dict[tuple[int, bool], Any], status: Any = None) -> None:
        self.name = name
        self.held: set[tuple[str, int]] = set()
        self.ends = ends
        self.status = status


Statement: TypeAlias = Callable[["Execution", Task, Node], Awaitable[None]]
"""What runs a statement."""


class Execution:
    """Runs a program once, in real or in virtual time; `statements` run its statements, by keyword."""

    def __init__(
        self, program: Mapping[str, Any], running: Runtime, time: Time, statements: Mapping[str, Statement]
    ) -> None:
        numbering = Numbering()
        self._body = numbering.block(program["body"])
        self._targets = numbering.targets
        self._capacities = program["capacities"]
        self._pairs: list[int] = program["sockets"]
        self._instant = program["instant"]
        self._time = time
        self._statements = statements
        self.end: int = program["end"]
        """The instant at which everything in the program is cancelled."""
        self.running = running
        self.scopes: dict[int, Any] = {}
        """The scopes and the scopes of groups that have been entered, by the number of the statement."""
        self.active: set[int] = set()
        """Those that have not been left."""
        self.opened: list[Any] = []
        """Ends of streams that are to be closed at the end."""
        self.sockets: dict[tuple[int, bool], Any] = {}
        """The ends of pairs of sockets, by the pair's number and whether it is the far one."""
        self.sending: set[tuple[int, bool]] = set()
        """Those on which a task is sending."""
        self.ended: set[tuple[int, bool]] = set()
        """Those that send no more."""
        self.closed: set[tuple[int, bool]] = set()
        self.trace: list[list[Any]] = []
        self.tasks_left = 0
        self.starved = 0.0
        """Seconds for which the process has stood in line for a CPU while the program ran."""
        self._gathered = 0
        self._threads = 0
        self._origin = 0.0

    async def main(self) -> None:
        """The whole program, under the deadline that ends it; what `anyio.run` is given."""
        before = self.running.count_tasks()
        main = Task(MAIN, self._prepare())
        try:
            await self._connect()
        except BaseException:
            self._close_streams()
            raise
        self._origin = anyio.current_time()
        scope = anyio.CancelScope(deadline=self.time_of(self.end))
        escaped = NOTHING
        try:
            with scope:
                await self.run_task(main, self._body)
        except BaseException as error:  # noqa: BLE001 - all that leaves the program is part of the trace
            escaped = self.describe(error)
        self.log_left(main, WHOLE, scope, escaped)
        if self._gathered:
            await self._all_gathered.wait()
        self._close_streams()
        for end in self.sockets.values():
            await anyio.aclose_forcefully(end)
        self.tasks_left = self.running.count_tasks() - before

    def _prepare(self) -> dict[tuple[int, bool], Any]:
        """Make all objects; gives the ends of streams, by the stream's number and whether it sends."""
        self._objects = {kind: [make() for _ in range(OBJECTS)] for kind, make in _MAKE.items()}
        pairs = [anyio.create_memory_object_stream[int](capacity) for capacity in self._capacities]
        self.opened = [stream for pair in pairs for stream in pair]
        ends: dict[tuple[int, bool], Any] = {}
        for index, (sender, receiver) in enumerate(pairs):
            ends[index, True], ends[index, False] = sender, receiver
        return ends

    def _close_streams(self) -> None:
        for stream in self.opened:
            stream.close()

    async def _connect(self) -> None:
        """Make the pairs of sockets, in real time over TCP."""
        if self._pairs:
            self.begin_thread()  # to look up an address takes one
            for number in self._pairs:
                near, far = await (joined() if self._time.is_virtual else connected())
                self.sockets[number, False], self.sockets[number, True] = near, far
            self.end_thread()

    def shared(self, kind: str, number: int) -> Any:
        """The object of a kind to which a number points."""
        return self._objects[kind][number % OBJECTS]

    def time_of(self, instant: int) -> float:
        """An instant on the loop's clock."""
        return self._origin + float(instant * self._instant)

    def target(self, pointer: int) -> int:
        """The statement of the scope or group to which a number points."""
        return self._targets[pointer % len(self._targets)] if self._targets else WHOLE

    def log(self, task: Task, kind: str, number: int, value: object = NOTHING) -> None:
        """Add an entry to the trace."""
        elapsed = (anyio.current_time() - self._origin) / self._instant
        self.trace.append([task.name, kind, number, value, round(elapsed, 3)])

    def log_left(self, task: Task, number: int, scope: Any, escaped: str) -> None:
        """Add the entry of a scope that has been left with this exception."""
        caught = "caught" if scope.cancelled_caught else "passed"
        self.log(task, "left", number, f"{caught} {escaped}")

    def describe(self, error: BaseException) -> str:
        """An exception in the words of traces."""
        if isinstance(error, Failure):
            return f"E{error.args[0]}"
        if isinstance(error, self.running.cancelled):
            return "C"
        if isinstance(error, BaseExceptionGroup):
            return f"G({','.join(sorted(map(self.describe, error.exceptions)))})"
        return type(error).__name__

    async def run_task(self, task: Task, body: list[Node]) -> int:
        """Run the body of a task; gives the task's name."""
        self.log(task, "start", WHOLE)
        try:
            await self.block(task, body)
        except BaseException as error:
            self.log(task, "end", WHOLE, self.describe(error))
            raise
        self.log(task, "end", WHOLE)
        return task.name

    async def block(self, task: Task, body: list[Node]) -> None:
        """Run statements one after the other."""
        for node in body:
            await self._statements[node.keyword](self, task, node)

    async def wait(self, task: Task, node: Node, operation: Awaitable[Any], kind: str = "done") -> None:
        """Await one operation, and write down how it came back."""
        try:
            result = await operation
        except BaseException as error:
            self.log(task, kind, node.number, self.describe(error))
            raise
        self.log(task, kind, node.number, NOTHING if result is None else result)

    async def run_gathered(self, task: Task, body: list[Node]) -> int:
        """Run a task of a gather: the program is not over before it has ended."""
        if not self._gathered:
            self._all_gathered = anyio.Event()
        self._gathered += 1
        try:
            return await self.run_task(task, body)
        finally:
            self._gathered -= 1
            if not self._gathered:
                self._all_gathered.set()

    def begin_thread(self) -> None:
        """A worker thread is about to be at work: virtual time stands still."""
        self._threads += 1
        self._time.stop()

    def end_thread(self) -> None:
        """It has done its work."""
        self._threads -= 1
        if not self._threads:
            self._time.go()
