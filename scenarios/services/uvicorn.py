"""Services on uvicorn, which runs on asyncio loops alone."""

import logging
from socket import socket
from typing import Any

from anyio import create_task_group

from harness.scenario.service import Stopped, messages, service
from scenarios.services.application import (
    GREETING,
    ITEM,
    ITEM_PATH,
    JSON_THINGS,
    MESSAGE,
    asked,
    plain,
    uploaded,
    with_fastapi,
    with_starlette,
)

FOREVER = 10**6
"""Seconds that no connection lives to see: it waits while others take their turns."""


class FirstError(logging.Filter):
    """The last line of the first error that is logged; no error is printed."""

    text = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a record's text if it is the first."""
        self.text = self.text or record.getMessage().strip().rpartition("\n")[2]
        return False


async def serve(
    application: Any, listener: socket, stopped: Stopped, http: str = "httptools", *, named: bool = True
) -> None:
    """Serve until asked to end, with what uvicorn does by default but its log.

    If `named`, its answers say what serves, as they do by default. Raises RuntimeError where the application
    does not start.
    """
    import uvicorn

    config = uvicorn.Config(
        application,
        http=http,
        log_level="error",
        access_log=False,
        timeout_keep_alive=FOREVER,
        server_header=named,
    )
    errors = FirstError()
    logging.getLogger("uvicorn.error").addFilter(errors)
    server = uvicorn.Server(config)

    async def end() -> None:
        await stopped()
        server.should_exit = True

    async with create_task_group() as tasks:
        tasks.start_soon(end)
        try:
            await server.serve(sockets=[listener])
        except SystemExit:  # how uvicorn ends where the application does not start
            if server.started:
                raise
        tasks.cancel_scope.cancel()
    if not server.started:
        raise RuntimeError(f"the application did not start: {errors.text}")


@service(
    params={"http": ["h11", "httptools"]},
    traffic=lambda: asked("/", GREETING),
    only="asyncio",
    tags=["uvicorn"],
    needs=["uvicorn", "httptools"],
)
async def uvicorn_plain(listener: socket, stopped: Stopped, http: str) -> None:
    """Uvicorn serves a line of text from a plain ASGI application.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. It isolates the
    server and its parser, in Python (h11) or in C (httptools), from any framework. It does not show
    what an application adds.
    """
    await serve(plain, listener, stopped, http)


@service(
    traffic=lambda: asked("/things", JSON_THINGS),
    only="asyncio",
    tags=["uvicorn", "starlette"],
    needs=["uvicorn", "httptools", "starlette.applications"],
)
async def uvicorn_starlette(listener: socket, stopped: Stopped) -> None:
    """Uvicorn serves twenty objects in JSON from a Starlette application.

    One iteration is one request and some 900 bytes of answer. Beside `uvicorn_plain` it isolates what a
    framework's work does to a difference between loops: it dilutes it. It does not show a database.
    """
    await serve(with_starlette(), listener, stopped)


@service(
    traffic=lambda: asked(ITEM_PATH, ITEM),
    only="asyncio",
    tags=["uvicorn", "fastapi"],
    needs=["uvicorn", "httptools", "fastapi"],
)
async def uvicorn_fastapi(listener: socket, stopped: Stopped) -> None:
    """Uvicorn serves an item from a FastAPI application that validates the question and the answer.

    One iteration is one request. Beside `uvicorn_plain` it isolates what validation leaves of a difference
    between loops. It does not show a database.
    """
    await serve(with_fastapi(), listener, stopped)


@service(traffic=uploaded, only="asyncio", tags=["uvicorn"], needs=["uvicorn", "httptools"])
async def uvicorn_upload(listener: socket, stopped: Stopped) -> None:
    """Uvicorn takes 1 MiB in, and a plain ASGI application answers with its checksum.

    One iteration is one request of 1 MiB, on one of eight connections. It isolates reading much from a
    socket. It does not show what becomes of an upload.
    """
    await serve(plain, listener, stopped)


@service(
    traffic=lambda: messages(MESSAGE),
    only="asyncio",
    tags=["uvicorn", "websocket"],
    needs=["uvicorn", "websockets"],
)
async def uvicorn_websocket(listener: socket, stopped: Stopped) -> None:
    """Uvicorn echoes a message over a WebSocket, with the websockets library.

    One iteration is one message and its echo, on one of 32 connections that stay open. It isolates framing.
    It does not show compression.
    """
    await serve(plain, listener, stopped)
