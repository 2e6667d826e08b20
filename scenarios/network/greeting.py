"""Connections as short as can be: the server greets and hangs up."""

from anyio import Event
from anyio.abc import ByteStream

from scenarios.network.serving import receive_exactly

GREETING = b"hello"


class Greeter:
    """Greets whoever connects, hangs up, and knows when it has done so often enough."""

    def __init__(self) -> None:
        self._greeted = 0
        self._news = Event()

    async def greet(self, stream: ByteStream) -> None:
        """Handle one connection."""
        async with stream:
            await stream.send(GREETING)
        self._greeted += 1
        self._news.set()

    async def has_greeted(self, times: int) -> None:
        """Wait until so many connections are over since the last such wait."""
        while self._greeted < times:
            self._news = Event()
            await self._news.wait()
        self._greeted -= times


async def be_greeted(client: ByteStream) -> bool:
    """Whether the greeting came as it must; the client has hung up too when this returns."""
    async with client:
        return await receive_exactly(client, len(GREETING)) == GREETING
