"""A service on aiohttp's own server, which runs on asyncio loops alone."""

import logging
from socket import socket
from typing import TYPE_CHECKING

from harness.scenario.service import Stopped, service
from scenarios.services.application import GREETING, SECONDS, asked

if TYPE_CHECKING:
    from aiohttp import web

FOREVER = 10.0**6


@service(traffic=lambda: asked("/", GREETING), only="asyncio", tags=["aiohttp"], needs=["aiohttp"])
async def aiohttp_plain(listener: socket, stopped: Stopped) -> None:
    """aiohttp.web serves a line of text.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. It isolates a server
    and a framework that are one. It does not show what an application adds.
    """
    from aiohttp import web

    silent = logging.getLogger("loopcmp.silent")
    silent.disabled = True
    runner = web.AppRunner(application(), access_log=None, logger=silent, keepalive_timeout=FOREVER)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    await stopped()
    await runner.cleanup()


def application() -> "web.Application":
    from aiohttp import web
    from anyio import sleep

    async def greet(_: web.Request) -> web.Response:
        return web.Response(body=GREETING, content_type="text/plain")

    async def error(_: web.Request) -> web.Response:
        raise ValueError("a handler's exception")

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"begun")
        await sleep(SECONDS)
        await response.write(b"ended")
        await response.write_eof()
        return response

    app = web.Application()
    app.add_routes([web.get("/", greet), web.get("/error", error), web.get("/slow", slow)])
    return app
