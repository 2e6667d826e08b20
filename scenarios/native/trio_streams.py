"""Items handed between tasks on trio alone, by its memory channels."""

import trio

from harness.scenario import scenario
from scenarios.synchronization.streams import ITEMS, SHAPES


async def send_all(sender: trio.MemorySendChannel[int], numbers: range) -> None:
    async with sender:
        for number in numbers:
            await sender.send(number)


async def receive_all(receiver: trio.MemoryReceiveChannel[int], received: list[int]) -> None:
    async with receiver:
        received.extend([number async for number in receiver])


@scenario(
    params={"shape": list(SHAPES), "buffer": [0, 100]},
    returns=[ITEMS, sum(range(ITEMS))],
    native="memory_stream",
    only="trio",
    tags=["native"],
)
async def trio_memory_stream(shape: str, buffer: int) -> list[int]:
    """`memory_stream` with trio's own memory channels.

    One iteration makes a channel, starts the tasks in a nursery and ends when all is received and closed.
    Beside `memory_stream` it isolates what AnyIO's streams, which are its own on every loop, cost beside
    trio's. It does not show which receiver gets what.
    """
    senders, receivers = SHAPES[shape]
    sender, receiver = trio.open_memory_channel[int](buffer)
    received: list[int] = []
    async with trio.open_nursery() as nursery, sender, receiver:
        for start in range(senders):
            nursery.start_soon(send_all, sender.clone(), range(start, ITEMS, senders))
        for _ in range(receivers):
            nursery.start_soon(receive_all, receiver.clone(), received)
    return [len(received), sum(received)]
