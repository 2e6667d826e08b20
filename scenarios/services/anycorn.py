"""Services on anycorn, which is the same code on every loop."""

from socket import socket
from typing import Any

from harness.scenario import Gather
from harness.scenario.service import Stopped, service
from scenarios.services.application import GREETING, asked, plain, with_backends
from scenarios.services.hypercorn import configured

NEEDS = ("anycorn",)


async def serve(application: Any, listener: socket, stopped: Stopped) -> None:
    """Serve until asked to end, with what anycorn does by default but its log."""
    import anycorn

    await anycorn.serve(application, configured("anycorn", listener), shutdown_trigger=stopped)


@service(traffic=lambda: asked("/", GREETING), tags=["anycorn"], needs=NEEDS)
async def anycorn_plain(listener: socket, stopped: Stopped) -> None:
    """Anycorn serves a line of text from a plain ASGI application.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. The server is the
    same code on every loop: it isolates the loops under it. It does not show what an application adds. On
    uvloop the whole server goes down when a client has hung up before it does (uvloop#506, see
    `http_farewell`), so there it has a verdict and no number.
    """
    await serve(plain, listener, stopped)


@service(
    traffic=lambda: asked("/backends", b"user orders"),
    tags=["anycorn"],
    needs=NEEDS,
)
async def anycorn_backends(gather: Gather, listener: socket, stopped: Stopped) -> None:
    """Anycorn serves what two slow backends answer that are asked side by side.

    One iteration is one request, for which two tasks sleep two milliseconds. It isolates gathering within a
    service: there is much to wait for, so the server's CPU time is what counts. It does not show the
    connections to the backends.
    """
    await serve(with_backends(gather), listener, stopped)
