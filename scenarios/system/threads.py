"""Work handed to threads, and threads that call back into the loop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import CapacityLimiter, create_task_group, from_thread, to_thread

from harness.scenario import scenario

TIMES = 20
THREADS = 100


@scenario(returns=list(range(TIMES)), cpus=2, tags=["threads"])
async def thread_round_trips() -> list[int]:
    """A function that does next to nothing is called in a thread, twenty times.

    One iteration is 20 calls, one after the other; the thread is there already. It isolates handing work
    over and being woken when it is done. With one CPU for loop and thread it would be another story:
    the row has two. It shows nothing about work that holds the interpreter's lock.
    """
    return [await to_thread.run_sync(abs, -number) for number in range(TIMES)]


@scenario(returns=list(range(THREADS)), cpus=2, tags=["threads"])
@asynccontextmanager
async def threads_call_back() -> AsyncIterator[Callable[[], Awaitable[list[int]]]]:
    """A hundred threads call a function in the loop, and wait for it.

    One iteration starts 100 tasks, each of which calls a function in a thread that calls back. It isolates
    how a loop takes calls from outside while it is busy. Threads are kept from one iteration to the next, and
    which of them arrives first is up to the system, so the arrivals are sorted and
    it does not show fairness.
    """
    limiter = CapacityLimiter(THREADS)

    async def call_back() -> list[int]:
        arrived: list[int] = []

        async def through_a_thread(number: int) -> None:
            await to_thread.run_sync(from_thread.run_sync, arrived.append, number, limiter=limiter)

        async with create_task_group() as tasks:
            for number in range(THREADS):
                tasks.start_soon(through_a_thread, number)
        return sorted(arrived)

    yield call_back
