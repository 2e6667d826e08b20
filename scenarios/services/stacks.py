"""Services whose server changes with the loop, as it does for who moves a service of uvicorn's to trio."""

from socket import socket
from typing import Any

from harness.scenario.service import Stopped, get, service
from scenarios.services import hypercorn, uvicorn
from scenarios.services.application import GREETING, JSON_THINGS, plain, with_starlette

SERVERS = {"asyncio": uvicorn, "trio": hypercorn}
STACKS = {family: server.__name__.rpartition(".")[2] for family, server in SERVERS.items()}
NEEDS = ("uvicorn", "httptools", *hypercorn.NEEDS)


async def serve(application: Any, listener: socket, stopped: Stopped) -> None:
    """Serve with what people use on the loop that runs; neither server names itself in its answers."""
    import sniffio

    await SERVERS[sniffio.current_async_library()].serve(application, listener, stopped, named=False)


@service(traffic=lambda: get("/", GREETING), stacks=STACKS, tags=["stack"], needs=NEEDS)
async def stack_plain(listener: socket, stopped: Stopped) -> None:
    """Uvicorn on asyncio's loops and hypercorn on trio serve a line of text: a change of stack.

    One iteration is one request over HTTP/1.1, on one of 32 connections that stay open. Loop and server
    change together, and every byte of an answer but its date is the same: it says what a move to trio costs
    a service as a whole. It isolates neither the loop nor the server. It does not show what an application
    adds.
    """
    await serve(plain, listener, stopped)


@service(
    traffic=lambda: get("/things", JSON_THINGS),
    stacks=STACKS,
    tags=["stack", "starlette"],
    needs=[*NEEDS, "starlette.applications"],
)
async def stack_starlette(listener: socket, stopped: Stopped) -> None:
    """Uvicorn on asyncio's loops and hypercorn on trio serve JSON from a Starlette application.

    One iteration is one request and some 900 bytes of answer, the same on both stacks but for its date.
    Beside `stack_plain` it shows what a framework's work leaves of a change of stack. It does not show a
    database, and isolates neither the loop nor the server.
    """
    await serve(with_starlette(), listener, stopped)
