"""A server for the application, and clients for the server."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

import httpx
import sniffio
from anyio import Event, create_task_group

from scenarios.http.application import application

LOOPBACK = "127.0.0.1"
FOREVER = 10**9
"""Seconds or requests that no worker lives to see: connections stay open while others take their turns."""


@asynccontextmanager
async def served(
    name: str, clients: int = 1, farewell: list[str] | None = None
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Serve the application on this server, on a port that the system chose, and yield clients of it.

    In the end the server is asked to end, and hangs up on its clients. What goes wrong then is the subject of
    another scenario, `http_farewell`: `farewell` is given the types of the errors.
    """
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(socket.create_server((LOOPBACK, 0)))
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        yours = [await stack.enter_async_context(client) for client in _clients(address, clients)]
        tasks = await stack.enter_async_context(create_task_group())
        ended = Event()
        tasks.start_soon(_serve, name, listener, ended, [] if farewell is None else farewell)
        yield yours
        ended.set()


async def _serve(name: str, listener: socket.socket, ended: Event, farewell: list[str]) -> None:
    try:
        await _server(name)(application, _config(name, listener), shutdown_trigger=ended.wait)
    except* Exception as errors:
        if not ended.is_set():
            raise
        farewell += sorted(_types(errors))


def _types(error: BaseException) -> set[str]:
    if isinstance(error, BaseExceptionGroup):
        return set().union(*map(_types, error.exceptions))
    return {type(error).__name__}


def _server(name: str) -> Any:
    """The server's entry point; hypercorn has one per library, anycorn one for both."""
    module = "anycorn" if name == "anycorn" else f"hypercorn.{sniffio.current_async_library()}"
    return import_module(module).serve


def _config(name: str, listener: socket.socket) -> Any:
    """Nothing written anywhere, nothing timed out; the server takes the descriptor over and closes it."""
    config = import_module(name).Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.errorlog = None
    config.graceful_timeout = 0.1
    config.keep_alive_timeout = FOREVER
    config.keep_alive_max_requests = FOREVER
    return config


def _clients(address: str, number: int) -> list[httpx.AsyncClient]:
    """So many clients, each with connections of its own that are kept alive."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used; one for all, for each takes milliseconds
    limits = httpx.Limits(keepalive_expiry=None)
    return [
        httpx.AsyncClient(base_url=address, verify=context, trust_env=False, timeout=None, limits=limits)  # noqa: S113
        for _ in range(number)
    ]
