"""Terminals as pipes."""

import os
import tty

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import Peer, running_loop

MESSAGE = b"typed\n"


@loop_capability(
    title="terminals as pipes",
    reported=["github.com/byllyfish/shellous/issues/100", "asyncio#147", "asyncio#369"],
    returns={"read": MESSAGE, "written": MESSAGE},
)
async def loop_terminal() -> dict[str, bytes]:
    """connect_read_pipe and connect_write_pipe take the two ends of a pseudo-terminal."""
    loop = running_loop()
    primary, secondary = os.openpty()
    tty.setraw(primary)
    tty.setraw(secondary)
    _, reader = await loop.connect_read_pipe(lambda: Peer(until=len(MESSAGE)), os.fdopen(primary, "rb", 0))
    transport, writer = await loop.connect_write_pipe(Peer, os.fdopen(os.dup(secondary), "wb", 0))
    transport.write(MESSAGE)
    await reader.full
    os.close(secondary)
    transport.close()
    await writer.ended
    (await reader.transport).close()
    await reader.ended
    return {"read": bytes(reader.received), "written": MESSAGE}
