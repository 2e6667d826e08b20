"""Locks on asyncio alone."""

import asyncio

from harness.scenario import scenario
from scenarios.synchronization.locks import TIMES, TURNS


@scenario(returns=TIMES, native="lock_uncontended", only="asyncio", tags=["native"])
async def asyncio_lock_uncontended() -> int:
    """`lock_uncontended` with asyncio's own lock.

    One iteration is 100 times `async with` a lock that nobody else wants. Beside `lock_uncontended`
    it isolates what AnyIO adds, its promised checkpoint included: asyncio's lock gives way to
    nobody where it is free. It does not show waiting.
    """
    lock = asyncio.Lock()
    held = 0
    for _ in range(TIMES):
        async with lock:
            held += lock.locked()
    return held


@scenario(returns=["ping", "pong"] * TURNS, native="lock_ping_pong", only="asyncio", tags=["native"])
async def asyncio_lock_ping_pong() -> list[str]:
    """`lock_ping_pong` with asyncio's own lock and tasks.

    One iteration is 100 turns, the lock held over one checkpoint in each. Beside `lock_ping_pong` it
    isolates what AnyIO adds to handing a lock over. It does not show a queue of more than one.
    """
    lock = asyncio.Lock()
    turns: list[str] = []

    async def play(name: str) -> None:
        for _ in range(TURNS):
            async with lock:
                turns.append(name)
                await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        await lock.acquire()  # so that both queue, and in this order
        group.create_task(play("ping"))
        await asyncio.sleep(0)
        group.create_task(play("pong"))
        await asyncio.sleep(0)
        lock.release()
    return turns
