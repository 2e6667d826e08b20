"""TCP echo on asyncio alone, with its streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness.scenario import scenario
from scenarios.network.serving import LOOPBACK, Operation, message
from scenarios.network.tcp_echo import TIMES

READ = 64 * 1024


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """An echo server on loopback, and its port; in the end it waits for its one client to go."""
    gone = asyncio.Event()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(READ):
            writer.write(chunk)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(echo, LOOPBACK, 0) as server:
        yield server.sockets[0].getsockname()[1]
        await gone.wait()


@scenario(params={"size": [1024]}, returns=TIMES, native="tcp_echo", only="asyncio", tags=["native", "echo"])
@asynccontextmanager
async def asyncio_tcp_echo(size: int) -> AsyncIterator[Operation]:
    """`tcp_echo` with asyncio's own streams.

    One iteration is 20 round trips on one open connection. Beside `tcp_echo` it isolates what AnyIO's
    streams add to asyncio's. It does not show what bare protocols without streams would save.
    """
    sent = message(size)
    async with serving() as port:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)

        async def round_trips() -> int:
            right = 0
            for _ in range(TIMES):
                writer.write(sent)
                await writer.drain()
                right += await reader.readexactly(size) == sent
            return right

        await round_trips()  # off the clock: the server has accepted its client
        yield round_trips
        writer.close()
        await writer.wait_closed()
