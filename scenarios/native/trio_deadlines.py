"""Time-outs and cancellation on trio alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import trio

from harness.scenario import scenario
from scenarios.cancellation.deadlines import HOUR, TIMES
from scenarios.timers.moved import MESSAGES, PATIENCE


@scenario(returns=0, native="deadline_not_reached", only="trio", tags=["native"])
async def trio_deadline_not_reached() -> int:
    """`deadline_not_reached` with trio's own scopes.

    One iteration is 100 times `trio.move_on_after(an hour)` around one checkpoint. Beside
    `deadline_not_reached` it isolates what AnyIO's scopes add to trio's. It does not show a loop that
    already holds many timers.
    """
    fired = 0
    for _ in range(TIMES):
        with trio.move_on_after(HOUR) as scope:
            await trio.lowlevel.checkpoint()
        fired += scope.cancelled_caught
    return fired


@scenario(
    params={"others": [0, 1000]},
    returns=[MESSAGES, False],
    native="deadline_moved",
    only="trio",
    tags=["native"],
)
@asynccontextmanager
async def trio_deadline_moved(others: int) -> AsyncIterator[Callable[[], Awaitable[list[int | bool]]]]:
    """`deadline_moved` with trio's own scopes.

    One iteration is 100 messages, after each of which the deadline is a minute away again. Beside
    `deadline_moved` it isolates what AnyIO's scopes add to trio's. It does not show time-outs that fire.
    """

    async def converse() -> list[int | bool]:
        messages = 0
        with trio.move_on_after(PATIENCE) as scope:
            for _ in range(MESSAGES):
                await trio.lowlevel.checkpoint()
                scope.deadline = trio.current_time() + PATIENCE
                messages += 1
        return [messages, scope.cancelled_caught]

    async with trio.open_nursery() as nursery:
        for _ in range(others):
            nursery.start_soon(trio.sleep, HOUR)
        yield converse
        nursery.cancel_scope.cancel()


@scenario(
    params={"n": [10, 100, 1000]}, returns=lambda n: n, native="cancel_waiting", only="trio", tags=["native"]
)
async def trio_cancel_waiting(n: int) -> int:
    """`cancel_waiting` with trio's own nursery and events.

    One iteration starts n tasks, cancels the nursery once all of them wait, and leaves it. Beside
    `cancel_waiting` it isolates what AnyIO adds to a cancellation. It does not show tasks that ignore or
    delay it.
    """
    never, all_waiting = trio.Event(), trio.Event()
    waiting = cancelled = 0

    async def wait() -> None:
        nonlocal waiting, cancelled
        waiting += 1
        if waiting == n:
            all_waiting.set()
        try:
            await never.wait()
        except trio.Cancelled:
            cancelled += 1
            raise

    async with trio.open_nursery() as nursery:
        for _ in range(n):
            nursery.start_soon(wait)
        await all_waiting.wait()
        nursery.cancel_scope.cancel()
    return cancelled
