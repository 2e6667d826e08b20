"""TCP services on asyncio's own API: streams and protocols."""

import asyncio
import ssl
from socket import socket
from typing import cast

from harness.protocol.traffic import Opening
from harness.scenario.service import Stopped, echo, service
from scenarios.services.tcp import ECHOED, ENCRYPTED, LINES, SIZE, lines, server_context

READ = 64 * 1024


class Protocol(asyncio.Protocol):
    """What every protocol here does: the server knows all that are open, and when each is lost."""

    def __init__(self, opened: "set[Protocol]") -> None:
        self._opened = opened
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._opened.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a reset is an end like any other
        """Tell the server."""
        self._opened.discard(self)
        self.lost.set_result(None)


async def serve_protocol(
    protocol: type[Protocol], listener: socket, stopped: Stopped, context: ssl.SSLContext | None = None
) -> None:
    """Serve until asked to end; then hang up on everybody."""
    opened: set[Protocol] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(opened), sock=listener, ssl=context)
    await stopped()
    server.close()
    for connection in opened:
        if context is None:
            connection.transport.close()
        else:
            connection.transport.abort()  # clients hang up at once and answer no farewell
    await asyncio.gather(*(connection.lost for connection in opened))


class Echo(Protocol):
    """Sends back what it is sent."""

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)


class Lines(Protocol):
    """Replies to lines."""

    left = b""

    def data_received(self, data: bytes) -> None:
        """Reply to the lines that are whole."""
        *whole, self.left = (self.left + data).split(b"\n")
        if whole:
            self.transport.write(b"".join(b"VALUE of " + line[4:] + b"\n" for line in whole))


@service(
    params={"size": [SIZE]},
    traffic=echo,
    returns=ECHOED,
    only="asyncio",
    tags=["echo", "native"],
)
async def serve_echo_protocol(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """A TCP server sends back what it is sent, with an asyncio protocol.

    One iteration is one request of 1 KiB and its answer, on one of 32 connections that stay open. It
    isolates the loop's own transports, without streams or tasks. It does not show what an application adds.
    """
    await serve_protocol(Echo, listener, stopped)


@service(
    params={"size": [SIZE]},
    traffic=echo,
    returns=ECHOED,
    only="asyncio",
    native="serve_echo",
    tags=["echo", "native"],
)
async def asyncio_serve_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """`serve_echo` with asyncio's own streams.

    One iteration is one request of 1 KiB and its answer. Beside `serve_echo` it isolates what AnyIO's streams
    add to asyncio's, and beside `trio_serve_echo` it compares two libraries' own streams. It does not show
    what bare protocols would save.
    """
    writers: set[asyncio.StreamWriter] = set()

    async def echo_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while chunk := await reader.read(READ):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass  # the client has reset the connection
        finally:
            writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(echo_back, sock=listener)
    await stopped()
    server.close()
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


@service(
    params={"pipelined": [LINES]},
    traffic=lines,
    returns=ECHOED,
    only="asyncio",
    native="serve_lines",
    tags=["native"],
)
async def asyncio_serve_lines(listener: socket, stopped: Stopped, pipelined: int) -> None:  # noqa: ARG001 - how many lines come at once
    """`serve_lines` with an asyncio protocol.

    One iteration is ten lines and ten replies. Beside `serve_lines` it isolates what AnyIO's streams and a
    task for each connection cost. It does not show lines that come in pieces.
    """
    await serve_protocol(Lines, listener, stopped)


@service(
    params={"size": [SIZE]},
    traffic=lambda size: echo(size, opening=Opening.TLS),
    returns=ENCRYPTED,
    only="asyncio",
    native="serve_tls_echo",
    needs=["trustme"],
    tags=["echo", "native", "tls"],
)
async def asyncio_serve_tls_echo(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """`serve_tls_echo` with an asyncio protocol and the loop's own TLS.

    One iteration is one request of 1 KiB and its answer. Beside `serve_tls_echo` it isolates what the loop's
    own TLS saves. It does not show handshakes.
    """
    await serve_protocol(Echo, listener, stopped, server_context())
