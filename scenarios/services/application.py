"""The applications that are served: plain ASGI, Starlette and FastAPI, as their users write them."""

import json
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from anyio import sleep, to_thread

from harness.protocol.traffic import Traffic
from harness.scenario import Gather
from harness.scenario.service import get, post

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

GREETING = b"Hello, world!"
THINGS = [{"id": number, "name": f"thing {number}", "tags": ["a", "b"]} for number in range(20)]
PIECE = bytes(range(256)) * 64
PIECES = 16
UPLOAD = bytes(range(256)) * 4096
MESSAGE = b"a message of some length, as chats have them"
SECONDS = 0.05
"""How long the slow answer takes once it has begun."""

CHECKS = {"an unknown path": "/nowhere", "a handler's exception": "/error"}
SLOW = "/slow"


def asked(path: str, body: bytes | None = None, *, resets: bool = True) -> Traffic:
    """Ask for a path, and when the service is checked for what is not there and what fails as well."""
    return replace(get(path, body, checks=CHECKS, slow=SLOW), resets=resets)


def uploaded() -> Traffic:
    """Upload 1 MiB, over fewer connections: each holds it twice in memory."""
    return post("/upload", UPLOAD, str(zlib.crc32(UPLOAD)).encode(), connections=8)


async def answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def chunks(send: Send, pieces: list[bytes], pause: float) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if pause:
            await sleep(pause)
    await send({"type": "http.response.body", "body": b""})


async def checksum_of(receive: Receive) -> int:
    checksum = 0
    while True:
        message = await receive()
        checksum = zlib.crc32(message.get("body", b""), checksum)
        if not message.get("more_body"):
            return checksum


async def echo_messages(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """A plain ASGI application."""
    if scope["type"] == "websocket":
        return await echo_messages(receive, send)
    match scope["path"]:
        case "/":
            await answer(send, 200, GREETING)
        case "/stream":
            await chunks(send, [PIECE] * PIECES, 0)
        case "/upload":
            await answer(send, 200, str(await checksum_of(receive)).encode())
        case "/thread":
            await answer(send, 200, str(await to_thread.run_sync(own_size)).encode())
        case "/slow":
            await chunks(send, [b"begun", b"ended"], SECONDS)
        case "/error":
            raise ValueError("a handler's exception")
        case _:
            await answer(send, 404, b"nowhere")
    return None


OWN_FILE = Path(__file__)


def own_size() -> int:
    """Read a file, which blocks."""
    return len(OWN_FILE.read_bytes())


LATENCY = 0.002


async def backend(name: str) -> str:
    """Stand for a slow backend, for which the service does nothing but wait."""
    await sleep(LATENCY)
    return name


def with_backends(gather: Gather) -> Application:
    """A plain ASGI application that asks two slow backends side by side."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/backends":
            user, orders = await gather(backend("user"), backend("orders"))
            await answer(send, 200, f"{user} {orders}".encode())
        else:
            await plain(scope, receive, send)

    return application


def with_starlette() -> Any:
    """A Starlette application."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, StreamingResponse
    from starlette.routing import Route

    async def things(_: Request) -> JSONResponse:
        return JSONResponse(THINGS)

    async def error(_: Request) -> JSONResponse:
        raise ValueError("a handler's exception")

    async def slow(_: Request) -> StreamingResponse:
        return StreamingResponse(slowly())

    return Starlette(routes=[Route("/things", things), Route("/error", error), Route(SLOW, slow)])


async def slowly() -> Any:
    yield b"begun"
    await sleep(SECONDS)
    yield b"ended"


JSON_THINGS = json.dumps(THINGS, separators=(",", ":")).encode()


def with_fastapi() -> Any:
    """A FastAPI application that validates what it is asked for and what it answers."""
    from fastapi import FastAPI
    from fastapi.responses import StreamingResponse
    from pydantic import BaseModel

    class Item(BaseModel):
        id: int
        name: str
        price: float
        tags: list[str]

    application = FastAPI(openapi_url=None)

    @application.get("/items/{number}")
    async def item(number: int, price: float = 1.5) -> Item:
        return Item(id=number, name=f"item {number}", price=price, tags=["a", "b"])

    @application.get("/error")
    async def error() -> Item:
        raise ValueError("a handler's exception")

    @application.get(SLOW)
    async def slow() -> StreamingResponse:
        return StreamingResponse(slowly())

    return application


ITEM = b'{"id":1,"name":"item 1","price":2.5,"tags":["a","b"]}'
ITEM_PATH = "/items/1?price=2.5"
