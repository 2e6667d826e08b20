"""Time-outs and cancellation on asyncio alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from harness.scenario import scenario
from scenarios.cancellation.deadlines import HOUR, TIMES
from scenarios.timers.moved import MESSAGES, PATIENCE


@scenario(returns=0, native="deadline_not_reached", only="asyncio", tags=["native"])
async def asyncio_deadline_not_reached() -> int:
    """`deadline_not_reached` with asyncio's own time-outs.

    One iteration is 100 times `asyncio.timeout(an hour)` around one turn of the loop. Beside
    `deadline_not_reached` it isolates what AnyIO's scopes add to setting and taking back a timer. It does
    not show a loop that already holds many timers.
    """
    fired = 0
    for _ in range(TIMES):
        async with asyncio.timeout(HOUR) as timeout:
            await asyncio.sleep(0)
        fired += timeout.expired()
    return fired


@scenario(
    params={"others": [0, 1000]},
    returns=[MESSAGES, False],
    native="deadline_moved",
    only="asyncio",
    tags=["native"],
)
@asynccontextmanager
async def asyncio_deadline_moved(others: int) -> AsyncIterator[Callable[[], Awaitable[list[int | bool]]]]:
    """`deadline_moved` with asyncio's own time-outs.

    One iteration is 100 messages, after each of which the time-out is a minute away again. Beside
    `deadline_moved` it isolates what AnyIO's scopes add to moving a timer. It does not show time-outs
    that fire.
    """
    loop = asyncio.get_running_loop()

    async def converse() -> list[int | bool]:
        messages = 0
        async with asyncio.timeout(PATIENCE) as timeout:
            for _ in range(MESSAGES):
                await asyncio.sleep(0)
                timeout.reschedule(loop.time() + PATIENCE)
                messages += 1
        return [messages, timeout.expired()]

    async with asyncio.TaskGroup() as group:
        sleepers = [group.create_task(asyncio.sleep(HOUR)) for _ in range(others)]
        yield converse
        for sleeper in sleepers:
            sleeper.cancel()


@scenario(
    params={"n": [10, 100, 1000]},
    returns=lambda n: n,
    native="cancel_waiting",
    only="asyncio",
    tags=["native"],
)
async def asyncio_cancel_waiting(n: int) -> int:
    """`cancel_waiting` with asyncio's own task group and events.

    One iteration starts n tasks, cancels each once all of them wait, and leaves the group. Beside
    `cancel_waiting` it isolates what AnyIO's scopes add to a cancellation. It does not show tasks that
    ignore or delay it.
    """
    never, all_waiting = asyncio.Event(), asyncio.Event()
    waiting = cancelled = 0

    async def wait() -> None:
        nonlocal waiting, cancelled
        waiting += 1
        if waiting == n:
            all_waiting.set()
        try:
            await never.wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait()) for _ in range(n)]
        await all_waiting.wait()
        for task in tasks:
            task.cancel()
    return cancelled
