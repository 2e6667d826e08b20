"""How late a sleeping task wakes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import create_task_group, current_time, sleep
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

DELAY = 0.005
COARSE = 0.002  # seconds; uvloop counts whole milliseconds and may wake one early
NEIGHBORS = 10


async def be_busy() -> None:
    while True:
        await checkpoint()


@scenario(params={"busy": [False, True]}, returns=True, ideal=DELAY)
@asynccontextmanager
async def lateness(*, busy: bool) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Sleep for 5 ms, on a loop that is idle or has ten other tasks to run all the time.

    One iteration is one sleep; shown is the time beyond its 5 ms, of which a record keeps the
    distribution over turns. The busy tasks start in the set-up and do nothing but checkpoints. It
    isolates how late a timer is. It does not show the lateness of a single sleep: a value is the mean
    of a few. It returns whether the sleep was not early by more than the 2 ms that uvloop may be.
    """

    async def nap() -> bool:
        start = current_time()
        await sleep(DELAY)
        return current_time() - start > DELAY - COARSE

    async with create_task_group() as group:
        for _ in range(NEIGHBORS if busy else 0):
            group.start_soon(be_busy)
        yield nap
        group.cancel_scope.cancel()
