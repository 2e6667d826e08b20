"""Task factories."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any

from harness.scenario import differs, never_awaited
from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop

who: ContextVar[str] = ContextVar("who", default="nobody")


class OurTask(asyncio.Task[Any]):
    """A task that can be told from others."""


def our_task(loop: asyncio.AbstractEventLoop, coroutine: Any, *, context: Context | None = None) -> OurTask:
    """A factory of the signature that asyncio's documentation gives."""
    return OurTask(coroutine, loop=loop, context=context)


async def answer() -> int:
    return 42


async def tell() -> str:
    return who.get()


@contextmanager
def factory(make: Any) -> Iterator[asyncio.AbstractEventLoop]:
    """The running loop with this task factory, which it loses in the end."""
    loop = running_loop()
    loop.set_task_factory(make)
    try:
        yield loop
    finally:
        loop.set_task_factory(None)


EAGER_START_FOR_ALL = differs(
    on="uvloop+*",
    python=">=3.13,<3.14",
    raises=TypeError("unexpected keyword argument 'eager_start'"),
    leaves=[never_awaited()],
    because="uvloop passes eager_start to every task factory, asked for or not",
    source="uvloop#748",
)


@loop_capability(
    title="task factories",
    reported=["uvloop#746", "cpython#133745"],
    returns={"factory": True, "task": True, "result": 42, "in a context": "given"},
    lacking=[EAGER_START_FOR_ALL],
)
async def loop_task_factory() -> dict[str, object]:
    """create_task makes what a factory of the documented signature makes: (loop, coroutine, context=None)."""
    given = copy_context()
    given.run(who.set, "given")
    with factory(our_task) as loop:
        task = loop.create_task(answer())
        told = loop.create_task(tell(), context=given)
        same = loop.get_task_factory() is our_task
    return {
        "factory": same,
        "task": isinstance(task, OurTask) and isinstance(told, OurTask),
        "result": await task,
        "in a context": await told,
    }


NO_EAGER_TASKS = NotImplementedError("asyncio has no eager_task_factory")


@loop_capability(
    title="eager tasks",
    reported=["cpython#97696", "uvloop#754"],
    returns={"at once": "begun", "done at once": True, "later": ["begun", "ended"], "result": 42},
    lacking=[
        differs(
            on=["asyncio*", "uvloop*"],
            python="<3.12",
            raises=NO_EAGER_TASKS,
            because="eager tasks are new in Python 3.12",
            source="cpython#97696",
        ),
        EAGER_START_FOR_ALL,
    ],
)
async def loop_eager_tasks() -> dict[str, object]:
    """asyncio.eager_task_factory: create_task runs a task up to its first wait, or to its end."""
    loop = running_loop()
    if not hasattr(asyncio, "eager_task_factory"):
        raise NO_EAGER_TASKS
    told: list[str] = []
    gate = loop.create_future()

    async def wait() -> int:
        told.append("begun")
        await gate
        told.append("ended")
        return await answer()

    with factory(asyncio.eager_task_factory):
        short, long = loop.create_task(answer()), loop.create_task(wait())
    at_once, done = ", ".join(told), short.done()
    gate.set_result(None)
    result = await long
    return {"at once": at_once, "done at once": done, "later": told, "result": result}
