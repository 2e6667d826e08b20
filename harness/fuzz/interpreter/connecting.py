"""Pairs of sockets that are connected to each other."""

import socket
from typing import Any

import anyio

Pair = tuple[Any, Any]


async def connected() -> Pair:
    """Two sockets that are connected over TCP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
    for end in (near, far):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return await _wrapped(near, far)


async def joined() -> Pair:
    """Two sockets of the kernel's own kind, on which all that is sent is there at once.

    Virtual time needs that: it jumps as soon as nothing is ready, and over TCP something may be on its way.
    """
    return await _wrapped(*socket.socketpair())


async def _wrapped(near: socket.socket, far: socket.socket) -> Pair:
    """Both sockets as AnyIO's streams, or other ones where AnyIO is too old to take what is connected."""
    wrap = getattr(anyio.abc.SocketStream, "from_socket", None)
    if wrap is not None:
        return await wrap(near), await wrap(far)
    near.close()
    far.close()
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 - no database is asked
        client = await anyio.connect_tcp("127.0.0.1", port)
        accepting: Any = listener.listeners[0]
        return client, await accepting.accept()
