"""The loop's methods over sockets that are not transports."""

import socket

from anyio import create_task_group

from harness.scenario import differs
from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.running_loop import running_loop

CHUNK = 1 << 16


def non_blocking(kind: socket.SocketKind, address: tuple[str, int] | None = None) -> socket.socket:
    """A socket of this kind as the loop's methods want it, bound to an address if one is given."""
    made = socket.socket(type=kind)
    made.setblocking(False)  # noqa: FBT003 - positional only
    if address:
        made.bind(address)
    return made


async def echo_one(listener: socket.socket) -> None:
    loop = running_loop()
    accepted, _ = await loop.sock_accept(listener)
    with accepted:
        while chunk := await loop.sock_recv(accepted, CHUNK):
            await loop.sock_sendall(accepted, chunk)


async def send_all(client: socket.socket) -> None:
    await running_loop().sock_sendall(client, PAYLOAD)
    client.shutdown(socket.SHUT_WR)


@loop_capability(
    title="streams over sockets",
    reported=["cpython#85489", "github.com/python/cpython/pull/20369"],
    returns=fingerprint(PAYLOAD),
)
async def loop_sock_stream() -> str:
    """sock_accept, sock_connect, sock_sendall, sock_recv and sock_recv_into: 1 MiB there and back."""
    loop, received, buffer = running_loop(), bytearray(), bytearray(CHUNK)
    with non_blocking(socket.SOCK_STREAM, ("127.0.0.1", 0)) as listener:
        listener.listen()
        with non_blocking(socket.SOCK_STREAM) as client:
            async with create_task_group() as tasks:
                tasks.start_soon(echo_one, listener)
                await loop.sock_connect(client, listener.getsockname())
                tasks.start_soon(send_all, client)
                while size := await loop.sock_recv_into(client, buffer):
                    received += buffer[:size]
    return fingerprint(received)


@loop_capability(
    title="datagrams over sockets",
    reported=["uvloop#561"],
    returns={"question": b"ping", "answer": b"pong", "from the server": True},
    lacking=[
        differs(
            on="uvloop+*",
            raises=NotImplementedError(),
            because="uvloop has no sock_sendto and no sock_recvfrom",
            source="uvloop#561",
        )
    ],
)
async def loop_sock_datagrams() -> dict[str, object]:
    """sock_sendto and sock_recvfrom: a datagram goes there, and one comes back from the same address."""
    loop = running_loop()
    with (
        non_blocking(socket.SOCK_DGRAM, ("127.0.0.1", 0)) as server,
        non_blocking(socket.SOCK_DGRAM, ("127.0.0.1", 0)) as client,
    ):
        await loop.sock_sendto(client, b"ping", server.getsockname())
        question, asking = await loop.sock_recvfrom(server, 100)
        await loop.sock_sendto(server, b"pong", asking)
        answer, answering = await loop.sock_recvfrom(client, 100)
        same = answering == server.getsockname()
    return {"question": question, "answer": answer, "from the server": same}
