"""Echo over UDP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import create_connected_udp_socket, create_task_group, create_udp_socket
from anyio.abc import ConnectedUDPSocket, UDPSocket

from harness.scenario import scenario
from scenarios.network.serving import LOOPBACK, Operation, address_of, message

TIMES = 20


async def send_back(server: UDPSocket) -> None:
    async for packet, (host, port) in server:
        await server.sendto(packet, host, port)


async def ping_pong(client: ConnectedUDPSocket, sent: bytes) -> int:
    right = 0
    for _ in range(TIMES):
        await client.send(sent)
        right += await client.receive() == sent
    return right


@scenario(params={"size": [64]}, returns=TIMES, tags=["echo"])
@asynccontextmanager
async def udp_echo(size: int) -> AsyncIterator[Operation]:
    """One client sends a datagram and waits for its echo, twenty times.

    One iteration is 20 round trips. It isolates the loop's datagram side, another piece of code than its
    streams. One datagram is under way at a time, so it shows nothing about losses or queues.
    """
    sent = message(size)
    async with (
        await create_udp_socket(local_host=LOOPBACK) as server,
        create_task_group() as tasks,
        await create_connected_udp_socket(*address_of(server)) as client,
    ):
        tasks.start_soon(send_back, server)

        async def round_trips() -> int:
            return await ping_pong(client, sent)

        await round_trips()  # off the clock: the server has accepted its clients
        yield round_trips
        tasks.cancel_scope.cancel()
