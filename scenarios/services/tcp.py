"""TCP services through AnyIO: an echo, lines, and an echo with TLS."""

import ssl
from collections.abc import Awaitable, Callable
from socket import socket

from anyio import BrokenResourceError, create_task_group
from anyio.abc import ByteStream, SocketListener
from anyio.streams.tls import TLSListener

from harness.protocol.traffic import Opening, Traffic
from harness.scenario.service import Stopped, echo, service

SIZE = 1024
ECHOED = {
    "the answer": "as expected",
    "the next answer on one connection": True,
    "after half a request and a reset": True,
    "after a reset instead of reading": True,
    "at its end": "closed",
}
"""What every echo is promised to do."""

Handler = Callable[[ByteStream], Awaitable[None]]


async def serve(listener: TLSListener | SocketListener, handle: Handler, stopped: Stopped) -> None:
    """Serve until asked to end; then hang up on everybody."""
    async with listener, create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        await stopped()
        tasks.cancel_scope.cancel()


async def echo_back(stream: ByteStream) -> None:
    try:
        async with stream:
            async for chunk in stream:
                await stream.send(chunk)
    except BrokenResourceError:
        pass  # the client has reset the connection


@service(params={"size": [SIZE]}, traffic=echo, returns=ECHOED, tags=["echo"])
async def serve_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """A TCP server sends back what it is sent, through AnyIO.

    One iteration is one request of 1 KiB and its answer, on one of 32 connections that stay open. The
    client is another process: unlike in `tcp_echo`, its work is not in the time. It isolates reading and
    writing a socket on a busy server. It does not show accepting connections, nor many of them.
    """
    await serve(await SocketListener.from_socket(listener), echo_back, stopped)


LINES = 10
LINE = b"GET key\n"
REPLY = b"VALUE of key\n"


def lines(pipelined: int) -> Traffic:
    """Send so many lines at once and expect a reply to each."""
    return Traffic(LINE * pipelined, REPLY * pipelined)


async def reply_to_lines(stream: ByteStream) -> None:
    left = b""
    try:
        async with stream:
            async for chunk in stream:
                *whole, left = (left + chunk).split(b"\n")
                if whole:
                    await stream.send(b"".join(b"VALUE of " + line[4:] + b"\n" for line in whole))
    except BrokenResourceError:
        pass


@service(params={"pipelined": [LINES]}, traffic=lines, returns=ECHOED)
async def serve_lines(listener: socket, stopped: Stopped, pipelined: int) -> None:  # noqa: ARG001 - how many lines come at once
    """A TCP server replies to lines, ten of which come at once, as to a cache's client that pipelines.

    One iteration is ten lines and ten replies. Beside `serve_echo` it isolates work in the handler, which
    dilutes the loop's. It does not show lines that come in pieces.
    """
    await serve(await SocketListener.from_socket(listener), reply_to_lines, stopped)


def server_context() -> ssl.SSLContext:
    """Make the context of a server with a certificate made for this run."""
    import trustme

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


ENCRYPTED = {name: ECHOED[name] for name in ("the answer", "the next answer on one connection", "at its end")}


@service(
    params={"size": [SIZE]},
    traffic=lambda size: echo(size, opening=Opening.TLS),
    returns=ENCRYPTED,
    tags=["echo", "tls"],
    needs=["trustme"],
)
async def serve_tls_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """A TCP server sends back what it is sent, encrypted, through AnyIO.

    One iteration is one request of 1 KiB and its answer, on one of 32 connections that stay open. AnyIO
    encrypts in Python over OpenSSL's memory buffers, the same code on every loop. It isolates what that
    leaves of a difference between loops, and does not show handshakes.
    """
    listening = await SocketListener.from_socket(listener)
    encrypted = TLSListener(listening, server_context(), standard_compatible=False)  # clients hang up at once
    await serve(encrypted, echo_back, stopped)
