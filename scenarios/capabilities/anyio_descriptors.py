"""Waiting for a descriptor, through AnyIO."""

import socket
from threading import Timer

from anyio import wait_readable, wait_writable

from scenarios.capabilities.capability import IDLE, capability


@capability(
    title="waiting for a descriptor", reported=["uvloop#61"], returns={"writable": True, "read": b"ready"}
)
async def anyio_wait_readable() -> dict[str, object]:
    """A socket is waited for until it can be written, and one until something came."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)  # noqa: FBT003 - positional only
        await wait_writable(ours)
        sender = Timer(IDLE, theirs.sendall, (b"ready",))
        sender.start()
        await wait_readable(ours)
        sender.join()
        return {"writable": True, "read": ours.recv(100)}
