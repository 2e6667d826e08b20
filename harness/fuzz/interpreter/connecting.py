"""Pairs of sockets that are connected to each other."""

import socket
from typing import Any

import anyio


async def connected() -> tuple[Any, Any]:
    """Two sockets that are connected over TCP, the one by AnyIO's client and the other by its listener."""
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 - no database is asked
        near = await anyio.connect_tcp("127.0.0.1", port)
        accepting: Any = listener.listeners[0]
        try:
            return near, await accepting.accept()
        except BaseException:
            await anyio.aclose_forcefully(near)
            raise


async def joined() -> tuple[Any, Any]:
    """Two sockets of the kernel's own kind, on which all that is sent is there at once.

    Virtual time needs that: it jumps as soon as nothing is ready, and over TCP something may be on its way.
    """
    wrap = getattr(anyio.abc.SocketStream, "from_socket", None)
    if wrap is None:
        return await connected()  # AnyIO before 4.10 has nothing else
    near, far = socket.socketpair()
    return await wrap(near), await wrap(far)
