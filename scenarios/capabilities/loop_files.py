"""Files and pipes."""

import os
import socket
from tempfile import TemporaryFile

from anyio import create_task_group

from harness.scenario import DifferenceSpec, differs
from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.running_loop import Peer, Peers, running_loop, serving


def no_sendfile(error: Exception) -> DifferenceSpec:
    """What uvloop raises instead."""
    return differs(
        on="uvloop+*",
        raises=error,
        because="uvloop has no sendfile and no sock_sendfile",
        source="uvloop#228",
    )


@loop_capability(
    title="files sent through a transport",
    reported=["uvloop#228"],
    returns={"sent": len(PAYLOAD), "received": fingerprint(PAYLOAD)},
    lacking=[no_sendfile(NotImplementedError())],
)
async def loop_sendfile() -> dict[str, object]:
    """sendfile: a file of 1 MiB goes out through a transport."""
    loop, peers = running_loop(), Peers()
    async with serving(await loop.create_server(peers, "127.0.0.1", 0), peers) as (host, port):
        transport, client = await loop.create_connection(Peer, host, port)
        with TemporaryFile() as file:
            file.write(PAYLOAD)
            file.seek(0)
            try:
                sent = await loop.sendfile(transport, file)
            finally:
                transport.close()
                await client.ended
    return {"sent": sent, "received": fingerprint(peers.all[0].received)}


async def receive_until_end(source: socket.socket, received: bytearray) -> None:
    while chunk := await running_loop().sock_recv(source, 1 << 16):
        received += chunk


@loop_capability(
    title="files sent through a socket",
    reported=["uvloop#228"],
    returns={"sent": len(PAYLOAD), "received": fingerprint(PAYLOAD)},
    lacking=[no_sendfile(ExceptionGroup("", [NotImplementedError()]))],
)
async def loop_sock_sendfile() -> dict[str, object]:
    """sock_sendfile: a file of 1 MiB goes out through a socket."""
    loop, received = running_loop(), bytearray()
    ours, theirs = socket.socketpair()
    with ours, theirs, TemporaryFile() as file:
        for end in (ours, theirs):
            end.setblocking(False)  # noqa: FBT003 - positional only
        file.write(PAYLOAD)
        file.seek(0)
        async with create_task_group() as tasks:
            tasks.start_soon(receive_until_end, theirs, received)
            sent = await loop.sock_sendfile(ours, file)
            ours.shutdown(socket.SHUT_WR)
    return {"sent": sent, "received": fingerprint(received)}


@loop_capability(title="pipes, to their end", reported=["uvloop#80"], returns=fingerprint(PAYLOAD))
async def loop_pipes() -> str:
    """connect_read_pipe and connect_write_pipe: 1 MiB goes through a pipe, which then ends."""
    loop = running_loop()
    read, write = os.pipe()
    _, reader = await loop.connect_read_pipe(Peer, os.fdopen(read, "rb"))
    transport, writer = await loop.connect_write_pipe(Peer, os.fdopen(write, "wb"))
    transport.write(PAYLOAD)
    transport.close()
    await writer.ended
    await reader.ended
    return fingerprint(reader.received)
