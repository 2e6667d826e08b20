"""Memory object streams: items from tasks that send to tasks that receive."""

from anyio import create_memory_object_stream, create_task_group
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from harness.scenario import scenario

ITEMS = 200
MANY = 10

SHAPES = {"1-1": (1, 1), "n-1": (MANY, 1), "1-n": (1, MANY)}
"""How many tasks send and how many receive."""


async def send_all(sender: MemoryObjectSendStream[int], numbers: range) -> None:
    async with sender:
        for number in numbers:
            await sender.send(number)


async def receive_all(receiver: MemoryObjectReceiveStream[int], received: list[int]) -> None:
    async with receiver:
        received.extend([number async for number in receiver])


@scenario(params={"shape": list(SHAPES), "buffer": [0, 100]}, returns=[ITEMS, sum(range(ITEMS))])
async def memory_stream(shape: str, buffer: int) -> list[int]:
    """Send 200 numbers from one task or ten to one task or ten, with a buffer or without.

    One iteration makes a stream, starts the tasks in a task group and ends when all is received and
    closed. It isolates handing items between tasks: unbuffered, every one waits for its receiver;
    buffered, tasks switch when the buffer is full or empty. It does not show which receiver gets what.
    """
    senders, receivers = SHAPES[shape]
    sender, receiver = create_memory_object_stream[int](buffer)
    received: list[int] = []
    async with create_task_group() as group, sender, receiver:
        for start in range(senders):
            group.start_soon(send_all, sender.clone(), range(start, ITEMS, senders))
        for _ in range(receivers):
            group.start_soon(receive_all, receiver.clone(), received)
    return [len(received), sum(received)]
