"""What every statement does, written in AnyIO."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
from anyio.lowlevel import checkpoint

from harness.fuzz.interpreter.execution import NOTHING, OBJECTS, WHOLE, Execution, Failure, Statement, Task
from harness.fuzz.interpreter.nodes import Node

_variable: ContextVar[int] = ContextVar("variable")


async def _checkpoint(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, checkpoint())


async def _sleep(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, anyio.sleep_until(run.time_of(node.fields[0])))


async def _sleep_forever(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, anyio.sleep_forever())


async def _raise(_run: Execution, _task: Task, node: Node) -> None:
    raise Failure(node.number)


async def _catch(run: Execution, task: Task, node: Node) -> None:
    try:
        await run.block(task, node.fields[0])
    except Exception as error:  # noqa: BLE001 - this is what the statement means
        run.log(task, "caught", node.number, run.describe(error))


async def _finally(run: Execution, task: Task, node: Node) -> None:
    shield, body, cleanup = node.fields
    reason = NOTHING
    try:
        await run.block(task, body)
    except BaseException as error:
        reason = run.describe(error)
        raise
    finally:
        run.log(task, "cleanup", node.number, reason)
        if shield:
            await _in_scope(run, task, node, run.end, cleanup, shield=True)
        else:
            await run.block(task, cleanup)


async def _generator(run: Execution, task: Task, node: Node) -> None:
    body, cleanup = node.fields

    async def generate() -> AsyncIterator[int]:
        try:
            yield node.number
        finally:
            run.log(task, "cleanup", node.number)
            await run.block(task, cleanup)

    async with aclosing(generate()) as items:  # type: ignore[type-var]  # it is a generator, and has aclose
        async for _ in items:
            await run.block(task, body)


async def _scope(run: Execution, task: Task, node: Node) -> None:
    deadline, shield, body = node.fields
    if shield and not deadline:
        deadline = run.end  # or it might last for ever
    await _in_scope(run, task, node, deadline, body, shield=shield)


async def _in_scope(
    run: Execution, task: Task, node: Node, deadline: int, body: list[Node], *, shield: bool
) -> None:
    options = {"deadline": run.time_of(deadline)} if deadline else {}
    scope = anyio.CancelScope(shield=shield, **options)
    escaped = NOTHING
    try:
        with scope:
            if node.keyword == "scope":
                run.scopes[node.number] = scope
                run.active.add(node.number)
            await run.block(task, body)
    except BaseException as error:
        escaped = run.describe(error)
        raise
    finally:
        run.active.discard(node.number)
        run.log_left(task, node.number, scope, escaped)


async def _enter_again(run: Execution, task: Task, node: Node) -> None:
    scope = run.scopes.get(run.target(node.fields[0]))
    if scope is not None:
        await run.wait(task, node, _checkpoint_in(scope))


async def _checkpoint_in(scope: Any) -> None:
    with scope:
        await checkpoint()


async def _cancel(run: Execution, task: Task, node: Node) -> None:
    target = run.target(node.fields[0])
    if scope := run.scopes.get(target):
        scope.cancel()
    run.log(task, "cancel", node.number, target in run.active)


async def _group(run: Execution, task: Task, node: Node) -> None:
    start, children, body = node.fields
    escaped = NOTHING
    try:
        async with anyio.create_task_group() as group:
            run.scopes[node.number] = group.cancel_scope
            run.active.add(node.number)
            for name, child in zip(node.tasks, children, strict=True):
                if start:
                    await run.wait(task, node, group.start(_start_child, run, task, name, child))
                else:
                    group.start_soon(run.run_task, Task(name, dict(task.ends)), child)
            await run.block(task, body)
    except BaseException as error:
        escaped = run.describe(error)
        raise
    finally:
        run.active.discard(node.number)
        run.log(task, "joined", node.number, escaped)


async def _start_child(
    run: Execution, parent: Task, name: int, body: list[Node], *, task_status: Any
) -> None:
    await run.run_task(Task(name, dict(parent.ends), task_status), body)


async def _started(run: Execution, task: Task, node: Node) -> None:
    if task.status is None:
        return
    try:
        task.status.started()
    except RuntimeError as error:
        run.log(task, "started", node.number, run.describe(error))
        raise
    run.log(task, "started", node.number)


async def _gather(run: Execution, task: Task, node: Node) -> None:
    return_exceptions, children = node.fields
    names = zip(node.tasks, children, strict=True)
    awaitables = [run.run_gathered(Task(name, dict(task.ends)), child) for name, child in names]
    values = _values(run, *awaitables, return_exceptions=return_exceptions)
    await run.wait(task, node, values, "gathered")


async def _values(run: Execution, *awaitables: Awaitable[int], return_exceptions: bool) -> str:
    results: list[Any] = await run.running.gather(*awaitables, return_exceptions=return_exceptions)
    return ",".join(run.describe(one) if isinstance(one, BaseException) else str(one) for one in results)


async def _set_event(run: Execution, task: Task, node: Node) -> None:
    run.shared("event", node.fields[0]).set()
    run.log(task, "set", node.number)


async def _wait_event(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, run.shared("event", node.fields[0]).wait())


async def _hold(run: Execution, task: Task, node: Node) -> None:
    kind = node.keyword.removeprefix("with-")
    index, body = node.fields[0] % OBJECTS, node.fields[1]
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
    await run.wait(task, node, task.ends[node.fields[0] % OBJECTS, True].send(node.number))


async def _receive(run: Execution, task: Task, node: Node) -> None:
    await run.wait(task, node, task.ends[node.fields[0] % OBJECTS, False].receive())


async def _close(run: Execution, task: Task, node: Node) -> None:
    task.ends[node.fields[0] % OBJECTS, node.fields[1]].close()
    run.log(task, "closed", node.number)


async def _with_clone(run: Execution, task: Task, node: Node) -> None:
    stream, sending, body = node.fields
    key = stream % OBJECTS, sending
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


STATEMENTS: dict[str, Statement] = {
    "checkpoint": _checkpoint,
    "sleep": _sleep,
    "sleep-forever": _sleep_forever,
    "raise": _raise,
    "catch": _catch,
    "finally": _finally,
    "generator": _generator,
    "scope": _scope,
    "enter-again": _enter_again,
    "cancel": _cancel,
    "group": _group,
    "started": _started,
    "gather": _gather,
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
"""What runs each statement, by its keyword on the wire."""
