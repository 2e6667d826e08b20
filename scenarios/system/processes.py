"""Work handed to another Python."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import move_on_after, to_process

from harness.scenario import scenario

TIMES = 5
TAKEN_UP = 0.02
"""Seconds after which the process is at work on what it was asked last."""


@scenario(returns=list(range(TIMES)), cpus=2, tags=["subprocess"])
@asynccontextmanager
async def process_round_trips() -> AsyncIterator[Callable[[], Awaitable[list[int]]]]:
    """A function that does next to nothing is called in another process, five times.

    One iteration is 5 calls, one after the other; the process is there already. It isolates two pipes
    and the pickling of a call and its result. It shows nothing about starting processes, which takes longer
    than all of this.
    """

    async def there_and_back() -> list[int]:
        return [await to_process.run_sync(abs, -number) for number in range(TIMES)]

    await there_and_back()  # starts the process, off the clock
    yield there_and_back
    # AnyIO kills a process at work once, and waits for it; one that idles when the loop closes, twice. In
    # older Pythons the second may take its status away from asyncio, which complains (cpython#87744).
    with move_on_after(TAKEN_UP):
        await to_process.run_sync(time.sleep, 60, cancellable=True)
