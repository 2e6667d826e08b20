"""TCP echo on trio alone, with its streams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from harness.scenario import scenario
from scenarios.network.serving import LOOPBACK, Operation, message
from scenarios.network.tcp_echo import TIMES


async def echo(stream: trio.SocketStream) -> None:
    async with stream:
        async for chunk in stream:
            await stream.send_all(chunk)


async def receive_exactly(stream: trio.SocketStream, size: int) -> bytes:
    received = await stream.receive_some(size)
    while 0 < len(received) < size:
        received += await stream.receive_some(size - len(received))
    return bytes(received)


@scenario(params={"size": [1024]}, returns=TIMES, native="tcp_echo", only="trio", tags=["native", "echo"])
@asynccontextmanager
async def trio_tcp_echo(size: int) -> AsyncIterator[Operation]:
    """`tcp_echo` with trio's own streams.

    One iteration is 20 round trips on one open connection. Beside `tcp_echo` it isolates what AnyIO's
    streams add to trio's. It does not show what bare sockets without streams would save.
    """
    sent = message(size)
    [listener] = await trio.open_tcp_listeners(0, host=LOOPBACK)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, echo, [listener])
        async with await trio.open_tcp_stream(LOOPBACK, listener.socket.getsockname()[1]) as client:

            async def round_trips() -> int:
                right = 0
                for _ in range(TIMES):
                    await client.send_all(sent)
                    right += await receive_exactly(client, size) == sent
                return right

            await round_trips()  # off the clock: the server has accepted its client
            yield round_trips
        nursery.cancel_scope.cancel()
