"""Locks: nobody else wants them, two tasks do in turn, or many do at once."""

from anyio import Lock, create_task_group
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

TIMES = 100
TURNS = 50
HOLDS = 10


@scenario(returns=TIMES)
async def lock_uncontended() -> int:
    """Take and give back a lock that nobody else wants.

    One iteration is 100 times `async with` an AnyIO lock. It isolates the lock itself and the
    checkpoint that AnyIO promises on taking it. It does not show `fast_acquire`, nor waiting.
    """
    lock = Lock()
    held = 0
    for _ in range(TIMES):
        async with lock:
            held += lock.locked()
    return held


@scenario(returns=["ping", "pong"] * TURNS)
async def lock_ping_pong() -> list[str]:
    """Two tasks want one lock, and it is handed to and fro between them in strict turns.

    One iteration is 100 turns: each holds the lock over one checkpoint, long enough for the
    other to queue. It isolates handing a lock over and switching to the task that gets it. The order
    is promised, for locks are fair. It does not show a queue of more than one.
    """
    lock = Lock()
    turns: list[str] = []

    async def play(name: str) -> None:
        for _ in range(TURNS):
            async with lock:
                turns.append(name)
                await checkpoint()

    async with create_task_group() as group:
        await lock.acquire()  # so that both queue, and in this order
        group.start_soon(play, "ping")
        await checkpoint()
        group.start_soon(play, "pong")
        await checkpoint()
        lock.release()
    return turns


@scenario(params={"n": [10, 100]}, returns=lambda n: [n * HOLDS, 1])
async def lock_contended(n: int) -> list[int]:
    """Many tasks want one lock ten times each.

    One iteration starts n tasks in a task group; each takes the lock 10 times and holds it over
    one checkpoint. It isolates a lock with a long queue. The most who ever held it at once is
    returned too. It does not show the order, which depends on who starts first.
    """
    lock = Lock()
    held = inside = most = 0

    async def work() -> None:
        nonlocal held, inside, most
        for _ in range(HOLDS):
            async with lock:
                inside += 1
                most = max(most, inside)
                await checkpoint()
                inside -= 1
                held += 1

    async with create_task_group() as group:
        for _ in range(n):
            group.start_soon(work)
    return [held, most]
