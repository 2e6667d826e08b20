"""The loop that is running, as those see it who call its methods."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from anyio import fail_after
from anyio.lowlevel import checkpoint

from scenarios.capabilities.capability import NO_LOOP, PATIENCE, PAYLOAD, fingerprint


def running_loop() -> asyncio.AbstractEventLoop:
    """The running loop. Raises NotImplementedError where there is none of asyncio's kind."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise NotImplementedError(NO_LOOP) from None


class Peer(asyncio.Protocol):
    """One end of a connection: keeps what comes, or sends it `back`, and notes what else it is told.

    `transport` is known once it is connected, `full` once `until` bytes have come, and `ended`
    once the connection is lost.
    """

    def __init__(self, *, back: bool = False, until: int = 0) -> None:
        new_future = running_loop().create_future
        self.transport: asyncio.Future[Any] = new_future()
        self.full: asyncio.Future[None] = new_future()
        self.ended: asyncio.Future[None] = new_future()
        self.received = bytearray()
        self.told: list[str] = []
        self._back = back
        self._until = until

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport.set_result(transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came, or send it back."""
        if self._back:
            self.transport.result().write(data)
        self.received += data
        if len(self.received) >= self._until > 0 and not self.full.done():
            self.full.set_result(None)

    def eof_received(self) -> None:
        """Note that the other side has ended its half; the transport closes itself."""
        self.told.append("eof")

    def pause_writing(self) -> None:
        """Note that writing should stop."""
        self.told.append("pause")

    def resume_writing(self) -> None:
        """Note that writing may go on."""
        self.told.append("resume")

    def connection_lost(self, error: Exception | None) -> None:
        """Note how it ended."""
        self.told.append("lost" if error is None else f"lost: {type(error).__name__}")
        self.ended.set_result(None)


class Peers:
    """The server's ends, in the order of their connections."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self.all: list[Peer] = []

    def __call__(self) -> Peer:
        """One more end, for one more connection."""
        self.all.append(Peer(**self._options))
        return self.all[-1]


@asynccontextmanager
async def serving(server: asyncio.Server, peers: Peers) -> AsyncIterator[Any]:
    """Yield the address of a server; in the end it stops listening, and every connection has been lost.

    A scenario that fails is not made to wait for that.
    """
    try:
        yield server.sockets[0].getsockname()
        for peer in peers.all:
            await peer.ended
    finally:
        server.close()
    await server.wait_closed()


@asynccontextmanager
async def listening(server: asyncio.Server, peers: Peers) -> AsyncIterator[Any]:
    """The address of a server; in the end it stops, and each of its connections has a moment to be lost.

    Unlike `serving` it waits for nothing for ever: a loop that ends no connection can do other things.
    """
    try:
        yield server.sockets[0].getsockname()
    finally:
        server.close()
        for peer in peers.all:
            await lost(peer)


async def lost(peer: Any) -> bool:
    """Whether the connection of a peer has been lost; one that has not is given a moment."""
    await asyncio.wait({peer.ended}, timeout=PATIENCE)
    return bool(peer.ended.done())


async def first_of(peers: Peers) -> Peer:
    """The server's end of its first connection. Raises TimeoutError where it is not told of any."""
    with fail_after(PATIENCE):
        while not peers.all:
            await checkpoint()
    return peers.all[0]


async def echoed(client: Peer) -> str:
    """Return what comes back of the payload, until the server ends the connection."""
    transport = await client.transport
    transport.write(PAYLOAD)
    transport.write_eof()
    await client.ended
    return fingerprint(client.received)


async def echoed_in_full(client: Peer) -> str:
    """Return what comes back of the payload; then the connection is closed from this side."""
    transport = await client.transport
    transport.write(PAYLOAD)
    await client.full
    transport.close()
    await client.ended
    return fingerprint(client.received)


def run_on_another(kind: type[asyncio.AbstractEventLoop], function: Callable[[], Any]) -> str:
    """Return what a coroutine function returns on a new loop of this kind."""
    with asyncio.Runner(loop_factory=kind) as runner:
        return str(runner.run(function()))
