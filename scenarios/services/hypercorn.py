"""Services on hypercorn, which has code of its own for asyncio and for trio."""

from importlib import import_module
from socket import socket
from typing import Any

from harness.scenario import Gather
from harness.scenario.service import Stopped, messages, service
from scenarios.services.application import (
    GREETING,
    JSON_THINGS,
    MESSAGE,
    PIECE,
    PIECES,
    asked,
    own_size,
    plain,
    uploaded,
    with_backends,
    with_starlette,
)

FOREVER = 10**9
"""Seconds or requests that no connection lives to see: it waits while others take their turns."""


def configured(listener: socket, *, named: bool = True) -> Any:
    """Return hypercorn's configuration; the server takes the descriptor over.

    If `named`, its answers say what serves, as they do by default.
    """
    config = import_module("hypercorn").Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.errorlog = None
    config.keep_alive_timeout = FOREVER
    config.keep_alive_max_requests = FOREVER
    config.graceful_timeout = 1.0
    config.include_server_header = named
    return config


async def serve(application: Any, listener: socket, stopped: Stopped, *, named: bool = True) -> None:
    """Serve until asked to end, with what hypercorn does by default but its log."""
    import sniffio

    server = import_module(f"hypercorn.{sniffio.current_async_library()}")
    await server.serve(application, configured(listener, named=named), shutdown_trigger=stopped)


NEEDS = ("hypercorn", "sniffio")


@service(traffic=lambda: asked("/", GREETING), tags=["hypercorn"], needs=NEEDS)
async def hypercorn_plain(listener: socket, stopped: Stopped) -> None:
    """Hypercorn serves a line of text from a plain ASGI application.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. hypercorn's code
    for trio is not that for asyncio: it isolates the server on its loop, and does not show the loops alone.
    """
    await serve(plain, listener, stopped)


@service(traffic=lambda: asked("/backends", b"user orders"), tags=["hypercorn"], needs=NEEDS)
async def hypercorn_backends(gather: Gather, listener: socket, stopped: Stopped) -> None:
    """Hypercorn serves what two slow backends answer that are asked side by side.

    One iteration is one request, for which two tasks sleep two milliseconds. It isolates gathering within a
    service: there is much to wait for, so the server's CPU time is what counts. It does not show the
    connections to the backends.
    """
    await serve(with_backends(gather), listener, stopped)


@service(
    traffic=lambda: asked("/things", JSON_THINGS),
    tags=["hypercorn", "starlette"],
    needs=[*NEEDS, "starlette.applications"],
)
async def hypercorn_starlette(listener: socket, stopped: Stopped) -> None:
    """Hypercorn serves twenty objects in JSON from a Starlette application.

    One iteration is one request and some 900 bytes of answer. Beside `hypercorn_plain` it isolates what a
    framework's work leaves of a difference. It does not show a database.
    """
    await serve(with_starlette(), listener, stopped)


@service(traffic=lambda: asked("/stream", PIECE * PIECES, resets=False), tags=["hypercorn"], needs=NEEDS)
async def hypercorn_stream(listener: socket, stopped: Stopped) -> None:
    """Hypercorn serves 256 KiB that a plain ASGI application sends in sixteen pieces.

    One iteration is one request and its answer in chunks, whose order the driver checks. It isolates writing
    much to a socket. It does not show a client that reads slowly; one that resets is not tried, for asyncio
    logs a warning then, or not, as it happens.
    """
    await serve(plain, listener, stopped)


@service(traffic=uploaded, tags=["hypercorn"], needs=NEEDS)
async def hypercorn_upload(listener: socket, stopped: Stopped) -> None:
    """Hypercorn takes 1 MiB in, and a plain ASGI application answers with its checksum.

    One iteration is one request of 1 MiB, on one of eight connections. It isolates reading much from a
    socket. It does not show what becomes of an upload.
    """
    await serve(plain, listener, stopped)


@service(traffic=lambda: asked("/thread", str(own_size()).encode()), tags=["hypercorn"], needs=NEEDS)
async def hypercorn_thread(listener: socket, stopped: Stopped) -> None:
    """Hypercorn serves the size of a file that a plain ASGI application reads in a thread.

    One iteration is one request with one blocking call in a thread of AnyIO's. It isolates handing work to
    threads on a busy server. It does not show a disk, for the file is in memory.
    """
    await serve(plain, listener, stopped)


@service(
    traffic=lambda: messages(MESSAGE),
    tags=["hypercorn", "websocket"],
    needs=NEEDS,
)
async def hypercorn_websocket(listener: socket, stopped: Stopped) -> None:
    """Hypercorn echoes a message over a WebSocket, with wsproto.

    One iteration is one message and its echo, on one of 32 connections that stay open. It isolates framing in
    Python. It does not show compression, nor a connection that is open at the end.
    """
    await serve(plain, listener, stopped)
