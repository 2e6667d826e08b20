"""TCP echo, server and client in one worker: message by message, side by side, and without waiting."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from anyio import connect_tcp, create_task_group
from anyio.abc import ByteStream

from harness.scenario import Gather, scenario
from scenarios.network.serving import (
    Operation,
    echo,
    exchange,
    message,
    receive_exactly,
    tcp_server,
)

TIMES = 20
SIZE = 1024


@scenario(params={"size": [64, 1024, 10240, 102400]}, returns=TIMES, tags=["echo"])
@asynccontextmanager
async def tcp_echo(size: int) -> AsyncIterator[Operation]:
    """One client sends a message and waits for its echo, twenty times.

    One iteration is 20 round trips on one open connection. It isolates what a read and a write cost
    on each side, with two tasks that are woken in turn. Both sides share one loop and one CPU, so
    it does not show how many requests a server could take, or the latency of a network.
    """
    sent = message(size)
    async with tcp_server(echo) as address, await connect_tcp(*address) as client:

        async def round_trips() -> int:
            return await exchange(client, sent, TIMES)

        await round_trips()  # off the clock: the server has accepted its clients
        yield round_trips


EACH = 2


@scenario(
    params={"connections": [1, 10, 100]},
    returns=lambda connections: [EACH] * connections,
    tags=["echo"],
)
@asynccontextmanager
async def tcp_clients(gather: Gather, connections: int) -> AsyncIterator[Operation]:
    """Many clients at once, each of which sends 1 KiB and waits for its echo, twice.

    One iteration starts a task for every open connection, and each makes 2 round trips. It
    isolates how the cost of a round trip changes when the loop finds many sockets ready at once;
    starting the tasks is part of it. It shows nothing about how fairly the clients are served.
    """
    sent = message(SIZE)
    async with tcp_server(echo) as address, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await connect_tcp(*address)) for _ in range(connections)]

        async def everyone() -> list[int]:
            return await gather(*(exchange(client, sent, EACH) for client in clients))

        await everyone()  # off the clock: the server has accepted its clients
        yield everyone


BURST = 50


async def send_all(stream: ByteStream, sent: bytes) -> None:
    for at in range(0, len(sent), len(sent) // BURST):
        await stream.send(sent[at : at + len(sent) // BURST])


@scenario(params={"size": [64, 10240]}, returns=True, tags=["echo"])
@asynccontextmanager
async def tcp_pipelined(size: int) -> AsyncIterator[Operation]:
    """One client sends fifty messages without waiting, while it takes in their echoes.

    One iteration is a burst of 50 messages, sent by a task of its own. It isolates what the loop makes of
    data that arrives faster than it is read: fewer, larger reads, or one a message. Messages may be
    joined on the way, so it does not show requests per second.
    """
    sent = message(size * BURST)
    async with tcp_server(echo) as address, await connect_tcp(*address) as client:

        async def burst() -> bool:
            async with create_task_group() as tasks:
                tasks.start_soon(send_all, client, sent)
                received = await receive_exactly(client, len(sent))
            return received == sent

        await burst()  # off the clock: the server has accepted its clients
        yield burst
