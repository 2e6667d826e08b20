"""Datagram endpoints."""

import asyncio

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop

SIZES = (1, 512, 1400)


class Sink(asyncio.DatagramProtocol):
    """Gives each datagram to a queue, or sends it `back` reversed."""

    def __init__(self, *, back: bool = False) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.ended = running_loop().create_future()
        self._back = back

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Keep the transport."""
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Keep it, or send it back reversed."""
        if self._back:
            self._transport.sendto(data[::-1], address)
        else:
            self.received.put_nowait(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Note how it ended."""
        self.ended.set_result(error)


@loop_capability(
    title="datagram endpoints",
    reported=["uvloop#304", "rloop#46"],
    returns=[bytes([size % 256]) * size + b"<" for size in SIZES],
)
async def loop_udp() -> list[bytes]:
    """create_datagram_endpoint: each datagram comes back whole and reversed."""
    loop = running_loop()
    serving, server = await loop.create_datagram_endpoint(
        lambda: Sink(back=True), local_addr=("127.0.0.1", 0)
    )
    address = serving.get_extra_info("sockname")
    transport, client = await loop.create_datagram_endpoint(Sink, remote_addr=address)
    received = []
    for size in SIZES:
        transport.sendto(b"<" + bytes([size % 256]) * size)
        received.append(await client.received.get())
    for endpoint in (transport, serving):
        endpoint.close()
    await client.ended
    await server.ended
    return received
