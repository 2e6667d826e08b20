"""A server in the set-up whose connections are accepted late."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.abc import SocketAttribute, SocketStream

from harness.scenario import Gather, scenario


async def answer(stream: SocketStream) -> None:
    async with stream:
        async for data in stream:
            await stream.send(data)


@scenario(params={"clients": [1, 20]}, returns=lambda clients: [b"hello"] * clients)
@asynccontextmanager
async def queries(gather: Gather, clients: int) -> AsyncIterator[Callable[[], Awaitable[list[bytes]]]]:
    """Clients that are connected in the set-up ask one question each."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, answer)
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - it is no query
        streams = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(clients)]

        async def ask(stream: SocketStream) -> bytes:
            await stream.send(b"hello")
            return await stream.receive()

        async def all_clients() -> list[bytes]:
            return await gather(*(ask(stream) for stream in streams))

        yield all_clients
        for stream in streams:
            await stream.aclose()
        group.cancel_scope.cancel()
