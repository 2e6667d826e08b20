"""TLS by the loop itself: from the start, and on a connection that began in the clear."""

from anyio import create_task_group
from anyio.lowlevel import checkpoint

from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.certificate import client_side, server_side
from scenarios.capabilities.running_loop import Peer, Peers, echoed_in_full, running_loop, serving


@loop_capability(
    title="transports over TLS",
    reported=["uvloop#176", "uvloop#220"],
    returns={"echo": fingerprint(PAYLOAD), "client": "lost", "server": "lost"},
)
async def loop_tls() -> dict[str, str]:
    """create_server and create_connection with ssl: 1 MiB there and back, and a clean end."""
    loop, peers = running_loop(), Peers(back=True)
    server = await loop.create_server(peers, "127.0.0.1", 0, ssl=server_side())
    async with serving(server, peers) as (host, port):
        _, client = await loop.create_connection(
            lambda: Peer(until=len(PAYLOAD)), host, port, ssl=client_side(), server_hostname="localhost"
        )
        echo = await echoed_in_full(client)
    return {"echo": echo, "client": client.told[-1], "server": peers.all[0].told[-1]}


GO_ON = b"go on\n"


@loop_capability(
    title="TLS on a connection that began in the clear",
    reported=["uvloop#165", "github.com/aio-libs/aiosmtpd/issues/34"],
    returns={"in the clear": GO_ON, "echo": fingerprint(PAYLOAD)},
)
async def loop_start_tls() -> dict[str, object]:
    """start_tls: a connection that began in the clear goes on encrypted, on both sides."""
    loop, peers = running_loop(), Peers(until=1)
    server = await loop.create_server(peers, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    plain, client = await loop.create_connection(lambda: Peer(until=len(GO_ON)), host, port)
    plain.write(b"x")
    async with create_task_group() as tasks:
        tasks.start_soon(answer, peers)
        await client.full
        encrypted = Peer(until=len(PAYLOAD))
        transport = await loop.start_tls(plain, encrypted, client_side(), server_hostname="localhost")
        encrypted.transport.set_result(transport)
        echo = await echoed_in_full(encrypted)
    server.close()
    await server.wait_closed()
    return {"in the clear": bytes(client.received), "echo": echo}


async def answer(peers: Peers) -> None:
    """The server's side: wait for the wish to encrypt, agree to it, and give back what then comes."""
    while not peers.all:
        await checkpoint()
    await peers.all[0].full
    plain, encrypted = await peers.all[0].transport, Peer(until=len(PAYLOAD))
    plain.write(GO_ON)
    upgrading = running_loop().start_tls(plain, encrypted, server_side(), server_side=True)
    encrypted.transport.set_result(await upgrading)
    await encrypted.full
    encrypted.transport.result().write(bytes(encrypted.received))
    await encrypted.ended
