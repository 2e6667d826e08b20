"""A service on granian, whose input and output is in Rust, and whose tasks run on an asyncio loop."""

from dataclasses import replace
from socket import socket

from anyio import create_task_group

from harness.scenario import descriptors
from harness.scenario.service import Stopped, service
from scenarios.services.application import GREETING, asked, plain


@service(
    traffic=lambda: replace(asked("/", GREETING), own_socket=True),
    leaves=[descriptors()],
    only="asyncio",
    tags=["granian"],
    needs=["granian.server.embed"],
)
async def granian_plain(listener: socket, stopped: Stopped) -> None:
    """Granian serves a line of text from a plain ASGI application, on the loop that runs.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. Threads of granian's
    own, on the same CPU, read and write: it isolates what is left of a loop where sockets are not its own. It
    does not show granian on several CPUs. It opens its own socket, on the port of ours, and leaves it open.
    """
    from granian.constants import Interfaces
    from granian.server.embed import Server

    address, port = listener.getsockname()
    listener.close()
    server = Server(plain, address=address, port=port, interface=Interfaces.ASGINL, log_enabled=False)

    async def end() -> None:
        await stopped()
        server.stop()  # type: ignore[no-untyped-call]

    async with create_task_group() as tasks:
        tasks.start_soon(end)
        await server.serve()
        tasks.cancel_scope.cancel()
