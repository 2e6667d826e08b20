"""Protocols that bring their own buffer."""

import asyncio

from anyio import to_thread

from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.plain import listener
from scenarios.capabilities.running_loop import lost, running_loop

SIZE = 16 * 1024
"""Bytes of the buffer that a protocol lends the loop again and again."""


class Lender(asyncio.BufferedProtocol):
    """Lends the loop one buffer, keeps what it was filled with, and notes how it ended."""

    def __init__(self) -> None:
        self.ended = running_loop().create_future()
        self.received = bytearray()
        self.told: list[str] = []
        self._buffer = bytearray(SIZE)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - it is what the loop proposes
        """Lend the buffer."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what was filled in."""
        self.received += self._buffer[:nbytes]

    def eof_received(self) -> None:
        """Note the other side's end."""
        self.told.append("eof")

    def connection_lost(self, error: Exception | None) -> None:
        """Note how it ended."""
        self.told.append("lost" if error is None else type(error).__name__)
        self.ended.set_result(None)


@loop_capability(
    title="protocols that bring their own buffer",
    reported=["cpython#76432", "uvloop#159"],
    returns={"received": fingerprint(PAYLOAD), "told": ["eof", "lost"]},
)
async def loop_buffered_protocol() -> dict[str, object]:
    """BufferedProtocol: 1 MiB is read through a buffer of 16 KiB that the protocol lends, then its end."""
    with listener() as there:
        _, client = await running_loop().create_connection(Lender, *there.getsockname())
        accepted, _ = there.accept()
        with accepted:
            await to_thread.run_sync(accepted.sendall, PAYLOAD)
        await lost(client)
    return {"received": fingerprint(client.received), "told": client.told}
