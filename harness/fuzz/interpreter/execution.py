"""One run of one program: what every statement does, written in AnyIO, and the trace that it leaves.

A trace is a list of entries [task, kind, statement, value, instant]. Between two awaits a task's entries are
contiguous, so the order of entries is the order in which the loop ran the tasks.
"""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
from anyio.lowlevel import checkpoint

from harness.backends.running import Running
from harness.fuzz.interpreter.nodes import MAIN, Node, Numbering
from harness.fuzz.interpreter.real_time import Time

WHOLE = -1
"""What the scope around the whole program is called, in place of a statement's number."""

_variable: ContextVar[int] = ContextVar("variable")

OBJECTS = 2
"""How many there are of every kind of object that programs share."""


class Failure(Exception):
    """What a program raises: it is known by the number of its statement."""


class Task:
    """What belongs to one task: its name, what it holds, and the ends of the streams that it uses."""

    def __init__(self, name: int, ends: dict[tuple[int, bool], Any], status: Any = None) -> None:
        self.name = name
        self.held: set[tuple[str, int]] = set()
        self.ends = ends
        self.status = status


class Execution:
    """Runs a program once, in real or in virtual time."""

    def __init__(self, program: dict[str, Any], running: Running, time: Time) -> None:
        numbering = Numbering()
        self._body = numbering.block(program["body"])
        self._targets = numbering.targets
        self._end = program["end"]
        self._capacities = program["capacities"]
        self._running = running
        self._instant = program["instant"]
        self._time = time
        self._scopes: dict[int, Any] = {}
        self._active: set[int] = set()
        self._unfinished = 0
        self._origin = 0.0
        self.trace: list[list[Any]] = []
        self._threads = 0
        self.tasks_left = 0

    async def main(self) -> None:
        """The whole program, under the deadline that ends it; what `anyio.run` is given."""
        before = self._running.count_tasks()
        self._prepare()
        main = Task(MAIN, self._ends)
        self._origin = anyio.current_time()
        scope = anyio.CancelScope(deadline=self._time_of(self._end))
        escaped = "-"
        try:
            with scope:
                await self._run_task(main, self._body)
        except BaseException as error:  # noqa: BLE001 - all that leaves the program is part of the trace
            escaped = self._describe(error)
        self._log(main, "left", WHOLE, f"{_caught(scope)} {escaped}")
        if self._unfinished:
            await self._all_gathered.wait()
        for stream in self._opened:
            stream.close()
        self.tasks_left = self._running.count_tasks() - before

    def _prepare(self) -> None:
        self._events = [anyio.Event() for _ in range(OBJECTS)]
        self._locks = [anyio.Lock() for _ in range(OBJECTS)]
        self._semaphores = [anyio.Semaphore(1) for _ in range(OBJECTS)]
        self._limiters = [anyio.CapacityLimiter(1) for _ in range(OBJECTS)]
        self._conditions = [anyio.Condition() for _ in range(OBJECTS)]
        pairs = [anyio.create_memory_object_stream[int](capacity) for capacity in self._capacities]
        self._opened = [stream for pair in pairs for stream in pair]
        self._ends = {
            (index, sending): stream
            for index, (sender, receiver) in enumerate(pairs)
            for sending, stream in ((True, sender), (False, receiver))
        }

    def _time_of(self, instant: int) -> float:
        return self._origin + instant * self._instant

    def _log(self, task: Task, kind: str, number: int, value: object = "-") -> None:
        elapsed = (anyio.current_time() - self._origin) / self._instant
        self.trace.append([task.name, kind, number, value, round(elapsed, 3)])

    def _describe(self, error: BaseException) -> str:
        if isinstance(error, Failure):
            return f"E{error.args[0]}"
        if isinstance(error, self._running.cancelled):
            return "C"
        if isinstance(error, BaseExceptionGroup):
            return f"G({','.join(sorted(map(self._describe, error.exceptions)))})"
        return type(error).__name__

    async def _run_task(self, task: Task, body: list[Node]) -> int:
        self._log(task, "start", WHOLE)
        try:
            await self._block(task, body)
        except BaseException as error:
            self._log(task, "end", WHOLE, self._describe(error))
            raise
        self._log(task, "end", WHOLE)
        return task.name

    async def _block(self, task: Task, body: list[Node]) -> None:
        for node in body:
            await _STATEMENTS[node.keyword](self, task, node)

    async def _await(self, task: Task, node: Node, operation: Awaitable[Any], kind: str = "done") -> Any:
        """Await one operation, and write down how it came back."""
        try:
            result = await operation
        except BaseException as error:
            self._log(task, kind, node.number, self._describe(error))
            raise
        self._log(task, kind, node.number, "-" if result is None else result)
        return result

    async def do_checkpoint(self, task: Task, node: Node) -> None:
        await self._await(task, node, checkpoint())

    async def do_sleep(self, task: Task, node: Node) -> None:
        await self._await(task, node, anyio.sleep_until(self._time_of(node.fields[0])))

    async def do_sleep_forever(self, task: Task, node: Node) -> None:
        await self._await(task, node, anyio.sleep_forever())

    async def do_raise(self, _task: Task, node: Node) -> None:
        raise Failure(node.number)

    async def do_catch(self, task: Task, node: Node) -> None:
        try:
            await self._block(task, node.fields[0])
        except Exception as error:  # noqa: BLE001 - this is what the statement means
            self._log(task, "caught", node.number, self._describe(error))

    async def do_finally(self, task: Task, node: Node) -> None:
        shield, body, cleanup = node.fields
        reason = "-"
        try:
            await self._block(task, body)
        except BaseException as error:
            reason = self._describe(error)
            raise
        finally:
            self._log(task, "cleanup", node.number, reason)
            if shield:
                await self._in_scope(task, node, self._end, cleanup, shield=True)
            else:
                await self._block(task, cleanup)

    async def do_generator(self, task: Task, node: Node) -> None:
        body, cleanup = node.fields

        async def generate() -> Any:
            try:
                yield node.number
            finally:
                self._log(task, "cleanup", node.number)
                await self._block(task, cleanup)

        async with aclosing(generate()) as items:
            async for _ in items:
                await self._block(task, body)

    async def do_scope(self, task: Task, node: Node) -> None:
        deadline, shield, body = node.fields
        if shield and not deadline:
            deadline = self._end
        await self._in_scope(task, node, deadline, body, shield=shield)

    async def _in_scope(
        self, task: Task, node: Node, deadline: int, body: list[Node], *, shield: bool
    ) -> None:
        options = {"deadline": self._time_of(deadline)} if deadline else {}
        scope = anyio.CancelScope(shield=shield, **options)
        escaped = "-"
        try:
            with scope:
                if node.keyword == "scope":
                    self._scopes[node.number] = scope
                    self._active.add(node.number)
                await self._block(task, body)
        except BaseException as error:
            escaped = self._describe(error)
            raise
        finally:
            self._active.discard(node.number)
            self._log(task, "left", node.number, f"{_caught(scope)} {escaped}")

    async def do_enter_again(self, task: Task, node: Node) -> None:
        scope = self._scopes.get(self._target(node))
        if scope is None:
            return
        await self._await(task, node, _checkpoint_in(scope))

    def _target(self, node: Node) -> int:
        return self._targets[node.fields[0] % len(self._targets)] if self._targets else WHOLE

    async def do_cancel(self, task: Task, node: Node) -> None:
        target = self._target(node)
        if scope := self._scopes.get(target):
            scope.cancel()
        self._log(task, "cancel", node.number, target in self._active)

    async def do_group(self, task: Task, node: Node) -> None:
        start, children, body = node.fields
        try:
            async with anyio.create_task_group() as group:
                self._scopes[node.number] = group.cancel_scope
                self._active.add(node.number)
                for name, child in zip(node.tasks, children, strict=True):
                    if start:
                        await self._await(task, node, group.start(self._start_child, task, name, child))
                    else:
                        group.start_soon(self._run_task, Task(name, dict(task.ends)), child)
                await self._block(task, body)
        except BaseException as error:
            self._active.discard(node.number)
            self._log(task, "joined", node.number, self._describe(error))
            raise
        self._active.discard(node.number)
        self._log(task, "joined", node.number)

    async def _start_child(self, parent: Task, name: int, body: list[Node], *, task_status: Any) -> None:
        await self._run_task(Task(name, dict(parent.ends), task_status), body)

    async def do_started(self, task: Task, node: Node) -> None:
        if task.status is None:
            return
        try:
            task.status.started()
        except RuntimeError as error:
            self._log(task, "started", node.number, self._describe(error))
            raise
        self._log(task, "started", node.number)

    async def do_gather(self, task: Task, node: Node) -> None:
        return_exceptions, children = node.fields
        names = zip(node.tasks, children, strict=True)
        awaitables = [self._gathered(Task(name, dict(task.ends)), child) for name, child in names]
        await self._await(
            task, node, self._gather_values(awaitables, return_exceptions=return_exceptions), "gathered"
        )

    async def _gather_values(self, awaitables: list[Awaitable[int]], *, return_exceptions: bool) -> str:
        results: list[Any] = await self._running.gather(*awaitables, return_exceptions=return_exceptions)
        return ",".join(
            self._describe(one) if isinstance(one, BaseException) else str(one) for one in results
        )

    async def _gathered(self, task: Task, body: list[Node]) -> int:
        if not self._unfinished:
            self._all_gathered = anyio.Event()
        self._unfinished += 1
        try:
            return await self._run_task(task, body)
        finally:
            self._unfinished -= 1
            if not self._unfinished:
                self._all_gathered.set()

    async def do_set_event(self, task: Task, node: Node) -> None:
        self._events[node.fields[0] % OBJECTS].set()
        self._log(task, "set", node.number)

    async def do_wait_event(self, task: Task, node: Node) -> None:
        await self._await(task, node, self._events[node.fields[0] % OBJECTS].wait())

    async def do_with_lock(self, task: Task, node: Node) -> None:
        await self._holding(task, node, "lock", self._locks)

    async def do_with_semaphore(self, task: Task, node: Node) -> None:
        await self._holding(task, node, "semaphore", self._semaphores)

    async def do_with_limiter(self, task: Task, node: Node) -> None:
        await self._holding(task, node, "limiter", self._limiters)

    async def _holding(self, task: Task, node: Node, what: str, objects: list[Any]) -> None:
        index, body = node.fields[0] % OBJECTS, node.fields[1]
        if (what, index) in task.held:
            await self._block(task, body)
            return
        await self._await(task, node, objects[index].acquire())
        task.held.add((what, index))
        try:
            await self._block(task, body)
        finally:
            task.held.discard((what, index))
            objects[index].release()
            self._log(task, "released", node.number)

    async def do_wait_condition(self, task: Task, node: Node) -> None:
        condition = self._conditions[node.fields[0] % OBJECTS]
        await self._await(task, node, condition.acquire(), "acquired")
        try:
            await self._await(task, node, condition.wait())
        finally:
            condition.release()
            self._log(task, "released", node.number)

    async def do_notify(self, task: Task, node: Node) -> None:
        condition = self._conditions[node.fields[0] % OBJECTS]
        await self._await(task, node, condition.acquire(), "acquired")
        if node.fields[1]:
            condition.notify_all()
        else:
            condition.notify()
        condition.release()
        self._log(task, "released", node.number)

    async def do_send(self, task: Task, node: Node) -> None:
        await self._await(task, node, task.ends[node.fields[0] % OBJECTS, True].send(node.number))

    async def do_receive(self, task: Task, node: Node) -> None:
        await self._await(task, node, task.ends[node.fields[0] % OBJECTS, False].receive())

    async def do_close(self, task: Task, node: Node) -> None:
        task.ends[node.fields[0] % OBJECTS, node.fields[1]].close()
        self._log(task, "closed", node.number)

    async def do_with_clone(self, task: Task, node: Node) -> None:
        stream, sending, body = node.fields
        key = stream % OBJECTS, sending
        before = task.ends[key]
        try:
            clone = before.clone()
        except anyio.ClosedResourceError as error:
            self._log(task, "cloned", node.number, self._describe(error))
            raise
        self._log(task, "cloned", node.number)
        self._opened.append(clone)
        task.ends[key] = clone
        try:
            await self._block(task, body)
        finally:
            task.ends[key] = before
            clone.close()
            self._log(task, "closed", node.number)

    async def do_set_variable(self, _task: Task, node: Node) -> None:
        _variable.set(node.number)

    async def do_read_variable(self, task: Task, node: Node) -> None:
        self._log(task, "read", node.number, _variable.get(WHOLE))

    async def do_thread(self, task: Task, node: Node) -> None:
        self._threads += 1
        self._time.stop()
        try:
            await self._await(
                task, node, anyio.to_thread.run_sync(_call_back if node.fields[0] else _nothing)
            )
        finally:
            self._threads -= 1
            if not self._threads:
                self._time.go()


async def _checkpoint_in(scope: Any) -> None:
    with scope:
        await checkpoint()


def _nothing() -> None:
    """What a worker thread is to do."""


def _call_back() -> None:
    anyio.from_thread.run(checkpoint)


def _caught(scope: Any) -> str:
    return "caught" if scope.cancelled_caught else "passed"


_PREFIX = "do_"

_STATEMENTS: dict[str, Callable[[Execution, Task, Node], Awaitable[None]]] = {
    name.removeprefix(_PREFIX).replace("_", "-"): method
    for name, method in vars(Execution).items()
    if name.startswith(_PREFIX)
}
"""What runs each statement, by keyword."""
