"""Datagram endpoints beyond the everyday: paused, refused, empty, and to everybody."""

import socket
from typing import Any

from anyio import Event, move_on_after, sleep

from harness.scenario import differs
from scenarios.capabilities.capability import IDLE, PATIENCE, loop_capability
from scenarios.capabilities.loop_datagrams import Sink
from scenarios.capabilities.running_loop import running_loop

LOCAL = ("127.0.0.1", 0)
NO_PAUSE = NotImplementedError("datagram transports have no pause_reading")


async def next_of(sink: Sink) -> bytes | None:
    """The next datagram, or None if there is none for a while."""
    received = await next_ones(sink, 1)
    return received[0] if received else None


async def next_ones(sink: Sink, number: int) -> list[bytes]:
    """The next datagrams, fewer if they do not all come within a while."""
    received: list[bytes] = []
    with move_on_after(PATIENCE):
        while len(received) < number:
            received.append(await sink.received.get())
    return received


async def close(*ends: tuple[Any, Sink]) -> None:
    """Close endpoints, and wait until they are."""
    for transport, _ in ends:
        transport.close()
    for _, sink in ends:
        await sink.ended


@loop_capability(
    title="datagrams that wait while reading is paused",
    reported=["zuvloop#26"],
    returns={"paused": None, "resumed": b"first", "then": b"second"},
    lacking=[
        differs(
            on="uvloop+*",
            raises=NO_PAUSE,
            because="uvloop's datagram transports have no pause_reading",
            source="uvloop/handles/udp.pyx of uvloop 0.23.0",
        )
    ],
)
async def loop_datagram_pause() -> dict[str, object]:
    """pause_reading of a datagram endpoint keeps datagrams from its protocol until resume_reading."""
    loop = running_loop()
    serving, server = await loop.create_datagram_endpoint(Sink, local_addr=LOCAL)
    client, its = await loop.create_datagram_endpoint(Sink, remote_addr=serving.get_extra_info("sockname"))
    try:
        able: Any = pausable(serving)
        able.pause_reading()
        client.sendto(b"first")
        await sleep(IDLE)
        paused = None if server.received.empty() else server.received.get_nowait()
        able.resume_reading()
        resumed = await next_of(server)
        client.sendto(b"second")
        return {"paused": paused, "resumed": resumed, "then": await next_of(server)}
    finally:
        await close((client, its), (serving, server))


def pausable(transport: object) -> object:
    """The transport, if its reading can be paused. Raises NotImplementedError if it cannot."""
    if not hasattr(transport, "pause_reading"):
        raise NO_PAUSE
    return transport


class Informed(Sink):
    """Notes the errors that the loop reports, too."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Event()
        self.reported = "not called"

    def error_received(self, error: Exception) -> None:
        """Note it."""
        self.reported = type(error).__name__
        self.heard.set()


@loop_capability(
    title="errors of datagrams that nobody takes",
    reported=["uvloop#601"],
    returns={"error_received": "ConnectionRefusedError", "closing": False},
)
async def loop_datagram_error() -> dict[str, object]:
    """A datagram to a port that is closed is reported by error_received; the endpoint stays open."""
    loop = running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as unused:
        unused.bind(LOCAL)
        address = unused.getsockname()
    transport, client = await loop.create_datagram_endpoint(Informed, remote_addr=address)
    try:
        transport.sendto(b"anybody?")
        with move_on_after(PATIENCE):
            await client.heard.wait()
        return {"error_received": client.reported, "closing": transport.is_closing()}
    finally:
        await close((transport, client))


@loop_capability(
    title="empty datagrams",
    reported=["cpython#113812", "uvloop#594"],
    returns=[b"", b"full", b""],
    lacking=[
        differs(
            on="asyncio*",
            python="<3.13",
            returns=[b"full"],
            because="sendto drops an empty datagram before Python 3.13",
            source="cpython#113812",
        ),
        differs(
            on="uvloop+*",
            returns=[b"full"],
            because="sendto of uvloop drops an empty datagram",
            source="uvloop#594",
        ),
    ],
)
async def loop_datagram_empty() -> list[bytes]:
    """A datagram without data is sent and received as one."""
    loop = running_loop()
    server = await loop.create_datagram_endpoint(Sink, local_addr=LOCAL)
    client = await loop.create_datagram_endpoint(Sink, remote_addr=server[0].get_extra_info("sockname"))
    try:
        for data in (b"", b"full", b""):
            client[0].sendto(data)
        return await next_ones(server[1], 3)
    finally:
        await close(client, server)


@loop_capability(
    title="datagrams to everybody",
    reported=["uvloop#592"],
    returns=[b"to all", b"and again"],
)
async def loop_datagram_broadcast() -> list[bytes]:
    """allow_broadcast: a datagram to the network's broadcast address is received."""
    loop = running_loop()
    server = await loop.create_datagram_endpoint(Sink, local_addr=("0.0.0.0", 0))  # noqa: S104 - loopback's broadcast
    _, port = server[0].get_extra_info("sockname")
    client = await loop.create_datagram_endpoint(Sink, local_addr=LOCAL, allow_broadcast=True)
    try:
        for data in (b"to all", b"and again"):
            client[0].sendto(data, ("127.255.255.255", port))
        return await next_ones(server[1], 2)
    finally:
        await close(client, server)
