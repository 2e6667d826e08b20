"""Requests over HTTP/1.1 on connections that are kept alive."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from harness.scenario import Gather, differs, scenario

if TYPE_CHECKING:
    import httpx

LIBRARIES = ("starlette.applications", "anycorn", "httpx")
SERVERS = ["anycorn", "hypercorn"]
CLIENTS = 50

Answer = tuple[int, str, str]


async def ask(client: "httpx.AsyncClient", path: str) -> Answer:
    answer = await client.get(path)
    return answer.status_code, answer.headers["content-type"], answer.text


GREETED = (200, "text/plain; charset=utf-8", "Hello, world!")


@scenario(
    params={"server": SERVERS},
    returns=GREETED,
    tags=["anycorn", "hypercorn"],
    needs=[*LIBRARIES, "hypercorn"],
)
@asynccontextmanager
async def http_plaintext(server: str) -> AsyncIterator[Callable[[], Awaitable[Answer]]]:
    """One client asks for a line of text.

    One iteration is one request on an open connection: httpx, the server, starlette, and back. anycorn is
    the same code on every loop; hypercorn has code of its own for asyncio's streams and for trio. Most
    of the time is Python building and parsing HTTP, not the loop: it
    isolates what is left there of a difference between loops. One request is under way at a time, so it
    does not show the throughput of a server.
    """
    from scenarios.http.serving import served

    async with served(server) as [client]:

        async def request() -> Answer:
            return await ask(client, "/plaintext")

        await request()  # off the clock: the connection is open
        yield request


@scenario(returns=(200, 20, "thing 19"), needs=LIBRARIES)
@asynccontextmanager
async def http_json() -> AsyncIterator[Callable[[], Awaitable[tuple[int, int, str]]]]:
    """One client asks for twenty objects in JSON, and reads them.

    One iteration is one request on an open connection to anycorn, some 900 bytes. Beside
    `http_plaintext` it isolates what work in the application does to a difference between loops: it
    dilutes it. It does not show a client that does something else meanwhile.
    """
    from scenarios.http.serving import served

    async with served("anycorn") as [client]:

        async def request() -> tuple[int, int, str]:
            answer = await client.get("/things")
            things = answer.json()
            return answer.status_code, len(things), things[-1]["name"]

        await request()  # off the clock: the connection is open
        yield request


BODY = 16 * 16 * 1024


@scenario(returns=(200, BODY, True), needs=LIBRARIES)
@asynccontextmanager
async def http_stream() -> AsyncIterator[Callable[[], Awaitable[tuple[int, int, bool]]]]:
    """One client asks for a body that is made and sent in sixteen pieces, and takes it in as it comes.

    One iteration is one response of 256 KiB in chunked encoding, with a checksum. It isolates an application
    that gives way to its server between pieces. It shows nothing about a client that is slow to read.
    """
    from scenarios.http.application import CHECKSUM
    from scenarios.http.serving import served

    async with served("anycorn") as [client]:

        async def request() -> tuple[int, int, bool]:
            size = checksum = 0
            async with client.stream("GET", "/stream") as answer:
                async for piece in answer.aiter_bytes():
                    size += len(piece)
                    checksum = zlib.crc32(piece, checksum)
            return answer.status_code, size, checksum == CHECKSUM

        await request()  # off the clock: the connection is open
        yield request


@scenario(params={"clients": [CLIENTS]}, returns=lambda clients: [GREETED] * clients, needs=LIBRARIES)
@asynccontextmanager
async def http_clients(gather: Gather, clients: int) -> AsyncIterator[Callable[[], Awaitable[list[Answer]]]]:
    """Many clients, each on a connection of its own, ask for a line of text at once.

    One iteration is one request from each of fifty clients, in a task of its own, to anycorn. It isolates
    a loop with much to do at every turn. Clients and server share one loop and one CPU, so it does not
    show the throughput of a server.
    """
    from scenarios.http.serving import served

    async with served("anycorn", clients) as everybody:

        async def requests() -> list[Answer]:
            return await gather(*(ask(client, "/plaintext") for client in everybody))

        await requests()  # off the clock: the connections are open
        yield requests


@scenario(
    returns=[],
    timed=False,
    needs=LIBRARIES,
    differs=[
        differs(
            on="uvloop+*",
            returns=["LifespanFailureError", "RuntimeError"],
            because="anycorn says that no more will come on a connection that it has closed; to uvloop, and "
            "to uvloop alone, that is a RuntimeError, with which the whole server goes down",
            source="uvloop#506",
        )
    ],
)
async def http_farewell() -> list[str]:
    """A server with one silent client is asked to end; the types of the errors with which it does.

    One iteration is one server from its start to its end, one request between. It isolates how the server
    hangs up; the same happens to a client that is silent longer than anycorn keeps it. It is only checked,
    and does not show how long any of it takes.
    """
    from scenarios.http.serving import served

    farewell: list[str] = []
    async with served("anycorn", farewell=farewell) as [client]:
        await ask(client, "/plaintext")
    return farewell
