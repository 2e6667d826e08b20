"""What a TCP connection is like: its options, its addresses, and whose its socket is."""

import os
import socket
from typing import Any

from anyio import move_on_after

from harness.scenario import differs
from scenarios.capabilities.capability import IDLE, PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.crowded import crowded_listener
from scenarios.capabilities.plain import echo_server, listener, reset
from scenarios.capabilities.running_loop import Peer, Peers, echoed, first_of, listening, lost, running_loop


def has_no_delay(transport: Any) -> bool:
    number = os.dup(transport.get_extra_info("socket").fileno())
    with socket.socket(fileno=number) as its:
        return bool(its.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


@loop_capability(
    title="TCP connections that send small packets at once",
    reported=["asyncio#373", "uvloop#51"],
    returns={"client": True, "server": True},
)
async def loop_tcp_no_delay() -> dict[str, bool]:
    """TCP_NODELAY is set on both sides of a connection, without being asked for."""
    loop, peers, no_delay = running_loop(), Peers(), dict[str, bool]()
    with listener() as there:
        transport, client = await loop.create_connection(Peer, *there.getsockname())
        no_delay["client"] = has_no_delay(transport)
        transport.close()
        await lost(client)
    async with listening(await loop.create_server(peers, "127.0.0.1", 0), peers) as address:
        with socket.create_connection(address):
            server = await first_of(peers)
            no_delay["server"] = has_no_delay(await server.transport)
    return no_delay


@loop_capability(
    title="addresses of a connection that is lost",
    reported=["github.com/Chia-Network/chia-blockchain/pull/14618"],
    returns={"peername": "as before", "sockname": "as before"},
)
async def loop_addresses_after_loss() -> dict[str, str]:
    """get_extra_info gives the same addresses after a connection is lost as before."""
    with listener() as there:
        transport, client = await running_loop().create_connection(Peer, *there.getsockname())
        before = {name: transport.get_extra_info(name) for name in ("peername", "sockname")}
        transport.close()
        await lost(client)
        after = {name: transport.get_extra_info(name) for name in before}
    return {name: "as before" if before[name] and after[name] == before[name] else "lost" for name in before}


@loop_capability(
    title="the address of a client that has gone before it is accepted",
    reported=["uvloop#560"],
    returns="its address",
    lacking=[
        differs(
            on="uvloop+*",
            returns="None",
            because="libuv asks for the address only after it has accepted, when the client may be gone",
            source="uvloop#560",
        )
    ],
)
async def loop_address_of_gone_client() -> str:
    """A server is told the address even of a client that reset its connection before it was accepted."""
    loop, peers = running_loop(), Peers()
    async with listening(await loop.create_server(peers, "127.0.0.1", 0), peers) as address:
        gone = socket.create_connection(address)  # the kernel connects it, not the loop
        its_own = gone.getsockname()
        reset(gone)
        server = await first_of(peers)
        transport = await server.transport
        named = transport.get_extra_info("peername")
        transport.close()
    return "its address" if named == its_own else repr(named)


@loop_capability(
    title="a socket of one's own, after its connect was cancelled",
    reported=["cpython#131728"],
    returns={"connect": "cancelled", "socket": "still open", "another": fingerprint(PAYLOAD)},
)
async def loop_cancelled_sock_connect() -> dict[str, str]:
    """sock_connect that is cancelled leaves the socket to its owner, whose next socket works as any other."""
    loop = running_loop()
    with crowded_listener() as address:
        ours = socket.socket()
        ours.setblocking(False)  # noqa: FBT003 - positional only
        with move_on_after(IDLE) as scope:
            await loop.sock_connect(ours, address)
        after = "closed" if ours.fileno() == -1 else "still open"
        ours.close()
        with echo_server() as there:
            _, client = await loop.create_connection(Peer, *there)
            another = await echoed(client)
    return {
        "connect": "cancelled" if scope.cancelled_caught else "done",
        "socket": after,
        "another": another,
    }
