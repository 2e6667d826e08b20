"""Task factories."""

import asyncio
from typing import Any

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop


class OurTask(asyncio.Task[Any]):
    """A task that can be told from others."""


def our_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **named: Any) -> OurTask:
    return OurTask(coroutine, loop=loop, **named)


async def answer() -> int:
    return 42


@loop_capability(returns={"factory": True, "task": True, "result": 42})
async def loop_task_factory() -> dict[str, object]:
    """set_task_factory: create_task makes what the factory makes."""
    loop = running_loop()
    loop.set_task_factory(our_task)
    task = loop.create_task(answer())
    same = loop.get_task_factory() is our_task
    loop.set_task_factory(None)
    return {"factory": same, "task": isinstance(task, OurTask), "result": await task}
