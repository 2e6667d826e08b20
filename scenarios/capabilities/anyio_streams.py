"""Streams through AnyIO: over TCP and over UNIX sockets."""

from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import connect_tcp, connect_unix, create_task_group, create_tcp_listener, create_unix_listener
from anyio.abc import ByteStream, SocketAttribute

from scenarios.capabilities.capability import PAYLOAD, capability, fingerprint
from scenarios.capabilities.serving import echo, receive_all, serving


async def send_all(stream: ByteStream) -> None:
    await stream.send(PAYLOAD)
    await stream.send_eof()


async def echoed(client: ByteStream) -> str:
    """What comes back of the payload until the server ends its side."""
    async with client, create_task_group() as tasks:
        tasks.start_soon(send_all, client)
        received = await receive_all(client)
    return fingerprint(received)


@capability(
    title="streams over TCP, each side ended in turn", reported=["asyncio#60"], returns=fingerprint(PAYLOAD)
)
async def anyio_tcp() -> str:
    """TCP: 1 MiB goes to a server and back; each side ends its half when it has sent all."""
    listener = await create_tcp_listener(local_host="127.0.0.1")
    async with serving(listener, echo):
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here
        return await echoed(await connect_tcp("127.0.0.1", port))


@capability(title="streams over UNIX sockets", reported=["uvloop#261"], returns=fingerprint(PAYLOAD))
async def anyio_unix() -> str:
    """UNIX sockets: 1 MiB goes to a server and back; each side ends its half when it has sent all."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "socket"
        async with serving(await create_unix_listener(path), echo):
            return await echoed(await connect_unix(path))
