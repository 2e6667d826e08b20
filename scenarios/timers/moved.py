"""A deadline that is moved with every message, as a server does for an idle connection."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import create_task_group, current_time, move_on_after, sleep
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

MESSAGES = 100
PATIENCE = 60.0
HOUR = 3600.0


@scenario(params={"others": [0, 1000]}, returns=[MESSAGES, False])
@asynccontextmanager
async def deadline_moved(others: int) -> AsyncIterator[Callable[[], Awaitable[list[int | bool]]]]:
    """Move a scope's deadline on with every message, while other timers stand or do not.

    One iteration is 100 messages: each a checkpoint, after which the deadline is a minute away
    again. The set-up starts `others` tasks that sleep for an hour. It isolates moving a timer among
    so many. It does not show time-outs that fire.
    """

    async def converse() -> list[int | bool]:
        messages = 0
        with move_on_after(PATIENCE) as scope:
            for _ in range(MESSAGES):
                await checkpoint()
                scope.deadline = current_time() + PATIENCE
                messages += 1
        return [messages, scope.cancelled_caught]

    async with create_task_group() as group:
        for _ in range(others):
            group.start_soon(sleep, HOUR)
        yield converse
        group.cancel_scope.cancel()
