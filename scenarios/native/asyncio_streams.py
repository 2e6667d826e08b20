"""Items handed between tasks on asyncio alone, by its queue."""

import asyncio

from harness.scenario import scenario
from scenarios.synchronization.streams import ITEMS, SHAPES


@scenario(
    params={"shape": list(SHAPES), "buffer": [100]},
    returns=[ITEMS, sum(range(ITEMS))],
    native="memory_stream",
    only="asyncio",
    tags=["native"],
)
async def asyncio_memory_stream(shape: str, buffer: int) -> list[int]:
    """`memory_stream` with asyncio's own queue, which cannot be closed before Python 3.13.

    One iteration makes a queue, starts the tasks and ends when all is received; a last item tells each
    receiver that there are no more. Beside `memory_stream` it isolates what a stream that can be closed
    costs. It does not show handing over without a buffer, which asyncio's queue has not.
    """
    senders, receivers = SHAPES[shape]
    queue: asyncio.Queue[int | None] = asyncio.Queue(buffer)
    received: list[int] = []

    async def send_all(numbers: range) -> None:
        for number in numbers:
            await queue.put(number)

    async def receive_all() -> None:
        while (number := await queue.get()) is not None:
            received.append(number)

    async with asyncio.TaskGroup() as receiving:
        for _ in range(receivers):
            receiving.create_task(receive_all())
        async with asyncio.TaskGroup() as sending:
            for start in range(senders):
                sending.create_task(send_all(range(start, ITEMS, senders)))
        for _ in range(receivers):
            await queue.put(None)
    return [len(received), sum(received)]
