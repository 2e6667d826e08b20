"""Transports and protocols over TCP and UNIX sockets, and how they hold back a sender."""

import socket
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio.lowlevel import checkpoint

from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.running_loop import Peer, Peers, echoed, running_loop, serving

ECHOED = {"echo": fingerprint(PAYLOAD), "client": ["eof", "lost"], "server": ["eof", "lost"]}


def quiet(told: list[str]) -> list[str]:
    """What a protocol was told, without the flow control that depends on the kernel's buffers."""
    return [word for word in told if word not in ("pause", "resume")]


@loop_capability(
    title="transports over TCP, each half ended in turn", reported=["asyncio#60"], returns=ECHOED
)
async def loop_tcp() -> dict[str, object]:
    """create_server and create_connection: 1 MiB goes there and back, and each half ends in turn."""
    loop, peers = running_loop(), Peers(back=True)
    async with serving(await loop.create_server(peers, "127.0.0.1", 0), peers) as (host, port):
        _, client = await loop.create_connection(Peer, host, port)
        echo = await echoed(client)
    return {"echo": echo, "client": quiet(client.told), "server": quiet(peers.all[0].told)}


@loop_capability(title="transports over UNIX sockets", reported=["uvloop#211"], returns=ECHOED)
async def loop_unix() -> dict[str, object]:
    """create_unix_server and create_unix_connection: 1 MiB goes there and back."""
    loop, peers = running_loop(), Peers(back=True)
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "socket")
        async with serving(await loop.create_unix_server(peers, path), peers):
            _, client = await loop.create_unix_connection(Peer, path)
            echo = await echoed(client)
    return {"echo": echo, "client": quiet(client.told), "server": quiet(peers.all[0].told)}


MOST = 64
"""MiB after which a sender that nobody has held back gives up; kernels buffer a few."""


@loop_capability(
    title="senders that are told to pause",
    reported=["uvloop#498"],
    returns={"told": ["pause", "resume"], "all of it arrived": True},
)
async def loop_flow_control() -> dict[str, object]:
    """A sender is told to pause while nobody reads, and to resume once somebody does."""
    loop, peers = running_loop(), Peers()
    async with serving(await loop.create_server(peers, "127.0.0.1", 0), peers) as (host, port):
        transport, client = await loop.create_connection(Peer, host, port)
        while not peers.all:
            await checkpoint()
        reader = await peers.all[0].transport
        reader.pause_reading()
        sent = 0
        while not client.told and sent < MOST * len(PAYLOAD):
            transport.write(PAYLOAD)
            sent += len(PAYLOAD)
            await checkpoint()
        reader.resume_reading()
        transport.write_eof()
        await client.ended
    told = [word for word in client.told if word in ("pause", "resume")]
    return {"told": told, "all of it arrived": len(peers.all[0].received) == sent}


@loop_capability(
    title="connections that were accepted elsewhere",
    reported=["github.com/zopefoundation/ZEO/pull/73"],
    returns=fingerprint(PAYLOAD),
)
async def loop_accepted_socket() -> str:
    """connect_accepted_socket: a connection that was accepted elsewhere becomes a transport."""
    loop = running_loop()
    ours, theirs = socket.socketpair()
    _, server = await loop.connect_accepted_socket(lambda: Peer(back=True), theirs)
    _, client = await loop.create_connection(Peer, sock=ours)
    echo = await echoed(client)
    await server.ended
    return echo
