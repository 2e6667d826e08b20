"""What every statement does, written in AnyIO."""

from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from harness.fuzz.interpreter.execution import NOTHING, Execution, Failure, Statement, Task
from harness.fuzz.interpreter.nodes import Node
from harness.fuzz.interpreter.objects import OBJECTS
from harness.fuzz.interpreter.sockets import SOCKETS


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
    coroutines = [run.run_gathered(Task(name, dict(task.ends)), child) for name, child in names]
    values = _values(run, *coroutines, return_exceptions=return_exceptions)
    await run.wait(task, node, values, "gathered")


async def _values(run: Execution, *coroutines: Coroutine[Any, Any, int], return_exceptions: bool) -> str:
    try:
        results: list[Any] = await run.running.gather(*coroutines, return_exceptions=return_exceptions)
    finally:
        for coroutine in coroutines:
            if getcoroutinestate(coroutine) == CORO_CREATED:
                coroutine.close()  # a task group cancels also what has not run yet, and never will
    return ",".join(
        run.describe(result) if isinstance(result, BaseException) else str(result) for result in results
    )


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
    **OBJECTS,
    **SOCKETS,
}
"""What runs each statement, by its keyword on the wire."""
