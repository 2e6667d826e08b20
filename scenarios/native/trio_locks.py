"""Locks on trio alone."""

import trio

from harness.scenario import scenario
from scenarios.synchronization.locks import TIMES, TURNS


@scenario(returns=TIMES, native="lock_uncontended", only="trio", tags=["native"])
async def trio_lock_uncontended() -> int:
    """`lock_uncontended` with trio's own lock.

    One iteration is 100 times `async with` a lock that nobody else wants. Beside `lock_uncontended`
    it isolates what AnyIO adds: both pass a checkpoint on taking the lock. It does not show waiting.
    """
    lock = trio.Lock()
    held = 0
    for _ in range(TIMES):
        async with lock:
            held += lock.locked()
    return held


@scenario(returns=["ping", "pong"] * TURNS, native="lock_ping_pong", only="trio", tags=["native"])
async def trio_lock_ping_pong() -> list[str]:
    """`lock_ping_pong` with trio's own lock and tasks.

    One iteration is 100 turns, the lock held over one checkpoint in each. Beside `lock_ping_pong` it
    isolates what AnyIO adds to handing a lock over. It does not show a queue of more than one.
    """
    lock = trio.Lock()
    turns: list[str] = []

    async def play(name: str) -> None:
        for _ in range(TURNS):
            async with lock:
                turns.append(name)
                await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as group:
        await lock.acquire()  # so that both queue, and in this order
        group.start_soon(play, "ping")
        await trio.lowlevel.checkpoint()
        group.start_soon(play, "pong")
        await trio.lowlevel.checkpoint()
        lock.release()
    return turns
