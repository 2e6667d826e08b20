"""A server beside the scenario, through AnyIO, and 1 MiB that goes both ways at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from anyio import create_task_group
from anyio.abc import ByteReceiveStream, ByteStream, Listener


async def echo(stream: ByteStream) -> None:
    async with stream:
        async for chunk in stream:
            await stream.send(chunk)


@asynccontextmanager
async def serving(listener: Listener[Any], handle: Callable[[Any], Awaitable[None]]) -> AsyncIterator[None]:
    """Handle every connection; in the end, end them all and stop listening."""
    async with listener, create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield
        tasks.cancel_scope.cancel()


async def receive_all(stream: ByteReceiveStream) -> bytes:
    """Everything until the end of the file."""
    return b"".join([chunk async for chunk in stream])


async def receive_exactly(stream: ByteReceiveStream, size: int) -> bytes:
    """The next `size` bytes, however they are cut."""
    received = bytearray()
    while len(received) < size:
        received += await stream.receive(size - len(received))
    return bytes(received)
