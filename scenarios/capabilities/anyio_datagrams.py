"""Datagrams through AnyIO."""

from anyio import create_connected_udp_socket, create_task_group, create_udp_socket
from anyio.abc import SocketAttribute, UDPSocket

from scenarios.capabilities.capability import capability

SIZES = (1, 512, 1400)


async def send_back(server: UDPSocket) -> None:
    async for data, address in server:
        await server.sendto(data[::-1], *address)


@capability(
    title="datagrams", reported=["uvloop#85"], returns=[bytes([size % 256]) * size + b"<" for size in SIZES]
)
async def anyio_udp() -> list[bytes]:
    """UDP: each datagram comes back whole and reversed, from the one it was sent to."""
    async with await create_udp_socket(local_host="127.0.0.1") as server, create_task_group() as tasks:
        port = server.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here
        tasks.start_soon(send_back, server)
        received = []
        async with await create_connected_udp_socket("127.0.0.1", port) as client:
            for size in SIZES:
                await client.send(b"<" + bytes([size % 256]) * size)
                received.append(await client.receive())
        tasks.cancel_scope.cancel()
    return received
