"""What statements about objects that tasks share do, written in AnyIO."""

from contextvars import ContextVar

import anyio
import anyio.from_thread
import anyio.to_thread
from anyio.lowlevel import checkpoint

from harness.fuzz.interpreter.execution import OBJECTS as COUNT
from harness.fuzz.interpreter.execution import WHOLE, Execution, Statement, Task
from harness.fuzz.interpreter.nodes import Node

_variable: ContextVar[int] = ContextVar("variable")


async def _set_event(run: Execution, task: Task, node: Node) -> None:
    run.shared("event", node.fields[0]).set()
    run.log(task, "set", node.number)


async def _wait_event(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, run.shared("event", node.fields[0]).wait())


async def _hold(run: Execution, task: Task, node: Node) -> None:
    kind = node.keyword.removeprefix("with-")
    index, body = node.fields[0] % COUNT, node.fields[1]
    if (kind, index) in task.held:
        await run.block(task, body)
        return
    await run.wait(task, node, run.shared(kind, index).acquire())
    task.held.add((kind, index))
    try:
        await run.block(task, body)
    finally:
        task.held.discard((kind, index))
        run.shared(kind, index).release()
        run.log(task, "released", node.number)


async def _wait_condition(run: Execution, task: Task, node: Node) -> None:
    condition = run.shared("condition", node.fields[0])
    await run.wait(task, node, condition.acquire(), "acquired")
    try:
        await run.wait(task, node, condition.wait())
    finally:
        condition.release()
        run.log(task, "released", node.number)


async def _notify(run: Execution, task: Task, node: Node) -> None:
    condition = run.shared("condition", node.fields[0])
    await run.wait(task, node, condition.acquire(), "acquired")
    if node.fields[1]:
        condition.notify_all()
    else:
        condition.notify()
    condition.release()
    run.log(task, "released", node.number)


async def _send(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, task.ends[node.fields[0] % COUNT, True].send(node.number))


async def _receive(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, task.ends[node.fields[0] % COUNT, False].receive())


async def _close(run: Execution, task: Task, node: Node) -> None:
    task.ends[node.fields[0] % COUNT, node.fields[1]].close()
    run.log(task, "closed", node.number)


async def _with_clone(run: Execution, task: Task, node: Node) -> None:
    stream, sending, body = node.fields
    key = stream % COUNT, sending
    before = task.ends[key]
    try:
        clone = before.clone()
    except anyio.ClosedResourceError as error:
        run.log(task, "cloned", node.number, run.describe(error))
        raise
    run.log(task, "cloned", node.number)
    run.opened.append(clone)
    task.ends[key] = clone
    try:
        await run.block(task, body)
    finally:
        task.ends[key] = before
        clone.close()
        run.log(task, "closed", node.number)


async def _set_variable(_run: Execution, _task: Task, node: Node) -> None:
    _variable.set(node.number)


async def _read_variable(run: Execution, task: Task, node: Node) -> None:
    run.log(task, "read", node.number, _variable.get(WHOLE))


async def _thread(run: Execution, task: Task, node: Node) -> None:
    run.begin_thread()
    try:
        await run.wait(task, node, anyio.to_thread.run_sync(_call_back if node.fields[0] else _nothing))
    finally:
        run.end_thread()


def _nothing() -> None:
    """What a worker thread is to do."""


def _call_back() -> None:
    anyio.from_thread.run(checkpoint)


OBJECTS: dict[str, Statement] = {
    "set-event": _set_event,
    "wait-event": _wait_event,
    "with-lock": _hold,
    "with-semaphore": _hold,
    "with-limiter": _hold,
    "wait-condition": _wait_condition,
    "notify": _notify,
    "send": _send,
    "receive": _receive,
    "close": _close,
    "with-clone": _with_clone,
    "set-variable": _set_variable,
    "read-variable": _read_variable,
    "thread": _thread,
}
"""What runs each of these statements, by its keyword on the wire."""
