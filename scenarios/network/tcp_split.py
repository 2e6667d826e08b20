"""TCP echo again, with the client in a second process that is the same for every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import connect_tcp

from harness.scenario import scenario
from scenarios.network.plain_client import RESULT, plain_client
from scenarios.network.serving import Operation, echo, receive_exactly, tcp_server

SIZE = 1024
TIMES = {1: 20, 10: 4}


@scenario(
    params={"connections": [1, 10]},
    returns=lambda connections: connections * TIMES[connections],
    cpus=2,
    tags=["echo", "split"],
)
@asynccontextmanager
async def tcp_echo_split(connections: int) -> AsyncIterator[Operation]:
    """The loop only serves: a client of blocking sockets in another process sends 1 KiB and waits for it.

    One iteration tells the client to begin and waits for its report: 20 round trips on one connection, or
    4 on each of ten. It isolates the server's side. On two CPUs part of the time is the system waking one
    process for the other, which no loop can save: ratios come out nearer to 1. It does not show a server
    at its limit.
    """
    async with tcp_server(echo) as address:
        with plain_client(address, size=SIZE, connections=connections, times=TIMES[connections]) as client:
            async with await connect_tcp(*client) as conductor:

                async def conducted() -> int:
                    await conductor.send(b"!")
                    return int.from_bytes(await receive_exactly(conductor, RESULT), "big")

                await conducted()  # off the clock: the server has accepted its clients
                yield conducted
