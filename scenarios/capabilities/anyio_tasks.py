"""What tasks rest on: context variables, and asynchronous generators that nobody finished."""

from collections.abc import AsyncGenerator
from contextvars import ContextVar

from anyio import create_task_group
from anyio.lowlevel import checkpoint

from scenarios.capabilities.capability import capability

who: ContextVar[str] = ContextVar("who", default="nobody")


async def tell(name: str, told: list[str]) -> None:
    told.append(f"{name} starts as {who.get()}")
    who.set(name)
    for _ in range(3):
        await checkpoint()
    told.append(f"{name} goes on as {who.get()}")


@capability(
    title="context variables of tasks",
    reported=["uvloop#305"],
    returns=[
        "one goes on as one",
        "one starts as parent",
        "parent goes on as parent",
        "two goes on as two",
        "two starts as parent",
    ],
)
async def anyio_context_variables() -> list[str]:
    """A task starts with its parent's context variables and keeps its own through every await."""
    told: list[str] = []
    who.set("parent")
    async with create_task_group() as tasks:
        tasks.start_soon(tell, "one", told)
        tasks.start_soon(tell, "two", told)
    told.append(f"parent goes on as {who.get()}")
    return sorted(told)


_unfinished: list[AsyncGenerator[int, None]] = []
"""Held here, so that it is the loop and not the collector that closes them."""


async def count() -> AsyncGenerator[int, None]:
    try:
        yield 1
    finally:
        print("closed")
        _unfinished.clear()


@capability(
    title="asynchronous generators that nobody finished", reported=["uvloop#68"], returns=1, prints=["closed"]
)
async def anyio_generators() -> int:
    """An asynchronous generator that nobody finished is closed before the loop ends."""
    _unfinished.append(count())
    return await anext(_unfinished[-1])
