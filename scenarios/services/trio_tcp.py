"""TCP services on trio's own API."""

from collections.abc import Awaitable, Callable
from socket import socket
from typing import Any

import trio

from harness.protocol.traffic import Opening
from harness.scenario.service import Stopped, echo, service
from scenarios.services.tcp import ECHOED, ENCRYPTED, LINES, SIZE, lines, server_context


async def serve(handle: Callable[[Any], Awaitable[object]], listeners: list[Any], stopped: Stopped) -> None:
    """Serve until asked to end; then hang up on everybody."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, handle, listeners)
        await stopped()
        nursery.cancel_scope.cancel()


def socket_listener(listener: socket) -> trio.SocketListener:
    return trio.SocketListener(trio.socket.from_stdlib_socket(listener))


async def echo_back(stream: trio.SocketStream) -> None:
    try:
        async for chunk in stream:
            await stream.send_all(chunk)
    except trio.BrokenResourceError:
        pass  # the client has reset the connection


@service(
    params={"size": [SIZE]},
    traffic=echo,
    returns=ECHOED,
    only="trio",
    native="serve_echo",
    tags=["echo", "native"],
)
async def trio_serve_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """`serve_echo` with trio's own streams.

    One iteration is one request of 1 KiB and its answer. Beside `serve_echo` it isolates what AnyIO's streams
    add to trio's, and beside `asyncio_serve_echo` it compares two libraries' own streams. It does not show
    what an application adds.
    """
    await serve(echo_back, [socket_listener(listener)], stopped)


async def reply_to_lines(stream: trio.SocketStream) -> None:
    left = b""
    try:
        async for chunk in stream:
            *whole, left = (left + chunk).split(b"\n")
            if whole:
                await stream.send_all(b"".join(b"VALUE of " + line[4:] + b"\n" for line in whole))
    except trio.BrokenResourceError:
        pass


@service(
    params={"pipelined": [LINES]},
    traffic=lines,
    returns=ECHOED,
    only="trio",
    native="serve_lines",
    tags=["native"],
)
async def trio_serve_lines(listener: socket, stopped: Stopped, pipelined: int) -> None:  # noqa: ARG001 - how many lines come at once
    """`serve_lines` with trio's own streams.

    One iteration is ten lines and ten replies. Beside `serve_lines` it isolates what AnyIO's streams add to
    trio's. It does not show lines that come in pieces.
    """
    await serve(reply_to_lines, [socket_listener(listener)], stopped)


@service(
    params={"size": [SIZE]},
    traffic=lambda size: echo(size, opening=Opening.TLS),
    returns=ENCRYPTED,
    only="trio",
    native="serve_tls_echo",
    needs=["trustme"],
    tags=["echo", "native", "tls"],
)
async def trio_serve_tls_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """`serve_tls_echo` with trio's own TLS streams.

    One iteration is one request of 1 KiB and its answer. Beside `serve_tls_echo` it isolates what AnyIO's TLS
    costs beside trio's own. It does not show handshakes.
    """
    listeners = [trio.SSLListener(socket_listener(listener), server_context())]
    await serve(echo_back, listeners, stopped)
