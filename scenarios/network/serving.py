"""What the scenarios of this family share: a server beside the scenario, and reading a whole message."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from anyio import TypedAttributeProvider, create_task_group, create_tcp_listener
from anyio.abc import ByteReceiveStream, ByteStream, Listener, SocketAttribute

Address = tuple[str, int]
Handler = Callable[[Any], Awaitable[None]]
Operation = Callable[[], Awaitable[object]]
"""One iteration; it returns how many echoes, bytes or connections were as they must be."""

LOOPBACK = "127.0.0.1"


def message(size: int) -> bytes:
    """The same `size` bytes on every backend, without a period that could hide a loss."""
    return random.Random(size).randbytes(size)


async def echo(stream: ByteStream) -> None:
    """Send back what comes, until the other side has ended."""
    async with stream:
        async for chunk in stream:
            await stream.send(chunk)


async def receive_exactly(stream: ByteReceiveStream, size: int) -> bytes:
    """The next `size` bytes, however they are cut. Raises EndOfStream if fewer come."""
    chunk = await stream.receive(size)
    if len(chunk) == size:
        return chunk
    received = bytearray(chunk)
    while len(received) < size:
        received += await stream.receive(size - len(received))
    return bytes(received)


async def exchange(stream: ByteStream, sent: bytes, times: int) -> int:
    """Send a message and wait for its echo, so many times; gives how many came back as they were."""
    right = 0
    for _ in range(times):
        await stream.send(sent)
        right += await receive_exactly(stream, len(sent)) == sent
    return right


def address_of(server: TypedAttributeProvider) -> Address:
    """Where something listens on loopback."""
    return LOOPBACK, server.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here


@asynccontextmanager
async def serving(listener: Listener[Any], handle: Handler) -> AsyncIterator[None]:
    """Handle every connection that the listener accepts; in the end, accept no more and see the last out.

    Handlers end by themselves when their clients have gone. Cancelling them in that very moment is another
    matter: over UNIX sockets on asyncio, AnyIO then completes a future that is cancelled already.
    """
    async with listener, create_task_group() as handlers, create_task_group() as accepting:
        accepting.start_soon(listener.serve, handle, handlers)
        yield
        accepting.cancel_scope.cancel()


@asynccontextmanager
async def tcp_server(handle: Handler) -> AsyncIterator[Address]:
    """A TCP server on loopback, on a port that the system chose."""
    listener = await create_tcp_listener(local_host=LOOPBACK)
    async with serving(listener, handle):
        yield address_of(listener)
