"""Work handed to another Python."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import to_process

from harness.scenario import scenario

TIMES = 5


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
