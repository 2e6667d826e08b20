"""TLS where it goes wrong: what was read too early, and who never answers."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from anyio import Event, move_on_after, to_thread

from harness.scenario import differs
from scenarios.capabilities.capability import PATIENCE, loop_capability
from scenarios.capabilities.certificate import client_side, server_side
from scenarios.capabilities.running_loop import Peer, lost, running_loop

LIMIT = 0.1
"""Seconds that the loop is told to wait for the other side."""

FOREVER = 4.0
"""Seconds after which the silent side of a test gives up, where the loop never does."""


def hello(incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> tuple[ssl.SSLObject, bytes]:
    """A client's TLS over two buffers, and the first that it has to say."""
    client = client_side().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return client, outgoing.read()


def talk(address: Any, told: list[bytes]) -> None:
    """A client that sends a line and the beginning of TLS in one packet, and then what it is answered."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, first = hello(incoming, outgoing)
    with suppress(OSError), socket.create_connection(address, timeout=FOREVER) as connection:
        connection.sendall(b"PROXY\n" + first)
        while data := connection.recv(1 << 16):
            incoming.write(data)
            with suppress(ssl.SSLWantReadError):
                client.do_handshake()
                told.append(client.read())
                client.unwrap()
            connection.sendall(outgoing.read())


LOST = {"line": b"PROXY\n", "handshake": "ConnectionAbortedError", "client is told": []}


@loop_capability(
    title="TLS that begins in a packet that was read already",
    reported=["uvloop#707", "cpython#142352", "winloop#102"],
    returns={"line": b"PROXY\n", "handshake": "done", "client is told": [b"welcome"]},
    lacking=[
        differs(
            on="asyncio*",
            python="<3.13.13",
            returns=LOST,
            because="start_tls drops what the reader has buffered; mended in 3.13.13 by Python's changelog",
            source="cpython#142352",
        ),
        differs(
            on="uvloop+*",
            returns=LOST,
            because="start_tls drops what the reader has buffered",
            source="uvloop#707",
        ),
    ],
)
async def loop_start_tls_read_ahead() -> dict[str, object]:
    """StreamWriter.start_tls goes on with what its reader has already buffered of the handshake."""
    running_loop()
    upgrade, told = Upgrade(), list[bytes]()
    server = await asyncio.start_server(upgrade.serve, "127.0.0.1", 0)
    client = Thread(target=talk, args=(server.sockets[0].getsockname(), told))
    client.start()
    with move_on_after(FOREVER):
        await upgrade.ended.wait()
    await to_thread.run_sync(client.join)
    server.close()
    if upgrade.seen.get("handshake") == "NotImplementedError":
        raise NotImplementedError("start_tls")
    return {**upgrade.seen, "client is told": told}


class Upgrade:
    """A server that reads a line, goes on with TLS, and notes what it has seen."""

    def __init__(self) -> None:
        self.seen: dict[str, object] = {}
        self.ended = Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        try:
            self.seen["line"] = await reader.readline()
            await writer.start_tls(server_side(), ssl_handshake_timeout=PATIENCE)
            self.seen["handshake"] = "done"
            writer.write(b"welcome")
            writer.close()
        except Exception as error:  # noqa: BLE001 - which one it is is what is asked
            self.seen["handshake"] = type(error).__name__
            writer.transport.abort()
        finally:
            self.ended.set()


@contextmanager
def silent(*, after_handshake: bool) -> Iterator[tuple[str, int]]:
    """The address of a TLS server that says nothing at all, or nothing more after the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        thread = Thread(target=keep_silent, args=(listener, done, after_handshake))
        thread.start()
        host, port = listener.getsockname()
        try:
            yield host, port
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)  # which ends accept()
            thread.join()


def keep_silent(listener: socket.socket, done: threading.Event, after_handshake: bool) -> None:
    with suppress(OSError):
        connection, _ = listener.accept()
        connection.settimeout(FOREVER)
        with connection:
            if after_handshake:
                connection = server_side().wrap_socket(connection, server_side=True)
            with connection:
                done.wait(FOREVER)


@loop_capability(
    title="a time limit for TLS handshakes",
    reported=["cpython#74156", "asyncio#483"],
    returns={"in time": True, "error": "ConnectionAbortedError"},
)
async def loop_tls_handshake_limit() -> dict[str, object]:
    """ssl_handshake_timeout ends a handshake that the server never answers, with ConnectionAbortedError."""
    loop, error = running_loop(), "none"
    with silent(after_handshake=False) as (host, port):
        with move_on_after(PATIENCE) as scope:
            try:
                await loop.create_connection(
                    Peer,
                    host,
                    port,
                    ssl=client_side(),
                    server_hostname="localhost",
                    ssl_handshake_timeout=LIMIT,
                )
            except OSError as raised:
                error = type(raised).__name__
    return {"in time": not scope.cancelled_caught, "error": error}


@loop_capability(
    title="a time limit for the end of TLS",
    reported=["github.com/aio-libs/aiohttp/issues/11091"],
    returns={"in time": True},
)
async def loop_tls_shutdown_limit() -> dict[str, object]:
    """ssl_shutdown_timeout ends a connection whose server never answers that it is closed."""
    loop = running_loop()
    with silent(after_handshake=True) as (host, port):
        transport, client = await loop.create_connection(
            Peer, host, port, ssl=client_side(), server_hostname="localhost", ssl_shutdown_timeout=LIMIT
        )
        transport.close()
        in_time = await lost(client)
        if not in_time:
            transport.abort()
    return {"in time": in_time}
