"""TCP services on asyncio's own API: streams and protocols."""

import asyncio
import ssl
from socket import socket

from harness.protocol.traffic import Opening
from harness.service import Stopped, echo, service
from scenarios.services.tcp import ECHOED, ENCRYPTED, LINES, SIZE, lines, server_context

READ = 64 * 1024


class Protocol(asyncio.Protocol):
    """What every protocol here does: it keeps its transport, and the server knows all that are open."""

    def __init__(self, opened: set[asyncio.Transport]) -> None:
        self._opened = opened

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._opened.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a reset is an end like any other
        self._opened.discard(self.transport)


async def serve_protocol(
    protocol: type[Protocol], listener: socket, stopped: Stopped, context: ssl.SSLContext | None = None
) -> None:
    """Serve until asked to end; then hang up on everybody."""
    opened: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(opened), sock=listener, ssl=context)
    await stopped()
    server.close()
    for transport in tuple(opened):
        transport.abort() if context else transport.close()
    while opened:
        await asyncio.sleep(0)


class Echo(Protocol):
    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Lines(Protocol):
    left = b""

    def data_received(self, data: bytes) -> None:
        *whole, self.left = (self.left + data).split(b"\n")
        if whole:
            self.transport.write(b"".join(b"VALUE of " + line[4:] + b"\n" for line in whole))


@service(
    params={"size": [SIZE]}, traffic=lambda size: echo(size), returns=ECHOED, only="asyncio", tags=["echo", "native"]
)
async def serve_echo_protocol(listener: socket, stopped: Stopped, size: int) -> None:  # noqa: ARG001 - what comes is sent back, whatever its size
    """A TCP server sends back what it is sent, with an asyncio protocol.

    One iteration is one request of 1 KiB and its answer, on one of ten connections that stay open. It
    isolates the loop's own transports, without streams or tasks. It does not show what an application adds.
    """
    await serve_protocol(Echo, listener, stopped)


@service(
    params={"size": [SIZE]},
    traffic=lambda size: echo(size),
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
    for writer in tuple(writers):
        writer.close()
    while writers:
        await asyncio.sleep(0)


@service(
    params={"pipelined": [LINES]},
    traffic=lambda pipelined: lines(pipelined),
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
