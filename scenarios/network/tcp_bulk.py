"""Much data in one direction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from anyio import connect_tcp
from anyio.abc import ByteStream

from harness.scenario import scenario
from scenarios.network.serving import Operation, message, receive_exactly, tcp_server

SIZE = 4 * 1024 * 1024
PIECE = 64 * 1024
RECEIPT = 8
"""Bytes of a receipt: how many arrived as they were sent."""


async def take_in(data: bytes, stream: ByteStream) -> None:
    """Compare what comes with what must, and send a receipt after every `len(data)` bytes."""
    async with stream:
        at = right = 0
        async for chunk in stream:
            right += len(chunk) if chunk == data[at : at + len(chunk)] else 0
            at += len(chunk)
            if at == len(data):
                await stream.send(right.to_bytes(RECEIPT, "big"))
                at = right = 0


@scenario(returns=SIZE)
@asynccontextmanager
async def tcp_bulk() -> AsyncIterator[Operation]:
    """A client sends 4 MiB in pieces of 64 KiB, and the server takes them in and says so.

    One iteration is one transfer on an open connection; every byte is compared on arrival. It isolates
    flow control and the size of reads; most of the time is the system copying, which all loops share. It
    shows nothing about a link that is slower than memory.
    """
    data = message(SIZE)
    async with tcp_server(partial(take_in, data)) as address, await connect_tcp(*address) as client:

        async def transfer() -> int:
            for at in range(0, SIZE, PIECE):
                await client.send(data[at : at + PIECE])
            return int.from_bytes(await receive_exactly(client, RECEIPT), "big")

        await transfer()  # off the clock: the server has accepted its clients
        yield transfer
