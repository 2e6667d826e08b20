"""The application that is served: starlette, as its users write it."""

import zlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

GREETING = "Hello, world!"
THINGS = [{"id": number, "name": f"thing {number}", "tags": ["a", "b"]} for number in range(20)]
PIECE = bytes(range(256)) * 64
PIECES = 16
CHECKSUM = zlib.crc32(PIECE * PIECES)


async def plaintext(_: Request) -> PlainTextResponse:
    return PlainTextResponse(GREETING)


async def things(_: Request) -> JSONResponse:
    return JSONResponse(THINGS)


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(PIECES):
        yield PIECE


async def stream(_: Request) -> StreamingResponse:
    return StreamingResponse(pieces())


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


application = Starlette(
    routes=[
        Route("/plaintext", plaintext),
        Route("/things", things),
        Route("/stream", stream),
        WebSocketRoute("/echo", echo),
    ]
)
