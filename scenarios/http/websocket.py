"""Messages over a WebSocket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from harness.scenario import scenario

TIMES = 10


@scenario(
    returns=[f"message {number}" for number in range(TIMES)],
    needs=["starlette.applications", "anycorn", "httpx", "httpx_ws"],
)
@asynccontextmanager
async def websocket_echo() -> AsyncIterator[Callable[[], Awaitable[list[str]]]]:
    """One client sends a message over a WebSocket and waits for its echo, ten times.

    One iteration is 10 round trips on one open connection, between httpx-ws and starlette on anycorn,
    both of which frame messages with wsproto, on every loop. It isolates what framing in Python leaves of
    a difference between loops, and does not show compression. The well-known websockets library needs
    asyncio, and is not used.
    """
    from httpx_ws import AsyncWebSocketSession, aconnect_ws

    from scenarios.http.serving import served

    async with (
        served("anycorn") as [client],
        aconnect_ws(
            str(client.base_url.join("/echo")),
            client,
            keepalive_ping_interval_seconds=None,
            session_class=AsyncWebSocketSession,
        ) as socket,
    ):

        async def one(text: str) -> str:
            await socket.send_text(text)
            return await socket.receive_text()

        async def round_trips() -> list[str]:
            return [await one(f"message {number}") for number in range(TIMES)]

        await round_trips()  # off the clock: the server has taken the connection over
        yield round_trips
