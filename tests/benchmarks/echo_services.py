"""The servers of uvloop's echo benchmark as services: as many connections, as large reads, no draining.

Run by `services_by_hand.py`, so that what stands beside uvloop's own figures is the same work.
"""

import asyncio
import socket

from harness.protocol.traffic import Traffic
from harness.scenario.service import Stopped, echo, service

CLIENTS = 3
READ = 1_000_000


def three_clients(size: int) -> Traffic:
    """Send so many bytes over as many connections as uvloop's echoclient.py opens."""
    return echo(size, connections=CLIENTS)


def without_delay(transport: asyncio.BaseTransport) -> None:
    """Send small packets at once, as both loops do by themselves and their benchmark asks for again."""
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Echo(asyncio.Protocol):
    """Sends back what it is sent."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)  # type: ignore[attr-defined]


async def send_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes until the client has ended."""
    without_delay(writer.transport)
    while chunk := await reader.read(READ):
        writer.write(chunk)
    writer.close()


@service(params={"size": [1000]}, traffic=three_clients, only="asyncio")
async def echo_streams(listener: socket.socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - the driver asks for it
    """A server sends back what it is sent, with asyncio's streams.

    One iteration is one message and its echo on one of three connections. It isolates streams. It does not
    show many clients.
    """
    server = await asyncio.start_server(send_back, sock=listener)
    await stopped()
    server.close()


@service(params={"size": [1000]}, traffic=three_clients, only="asyncio")
async def echo_protocol(listener: socket.socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - the driver asks for it
    """A server sends back what it is sent, with an asyncio protocol.

    One iteration is one message and its echo on one of three connections. It isolates the transports. It does
    not show many clients.
    """
    server = await asyncio.get_running_loop().create_server(Echo, sock=listener)
    await stopped()
    server.close()
