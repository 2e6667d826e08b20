"""Connecting through AnyIO, and giving up half-way."""

from anyio import connect_tcp, move_on_after

from scenarios.capabilities.anyio_streams import echoed
from scenarios.capabilities.capability import IDLE, PAYLOAD, capability, fingerprint
from scenarios.capabilities.crowded import crowded_listener
from scenarios.capabilities.plain import echo_server

TIMES = 3


@capability(
    title="connects that are cancelled half-way",
    reported=["uvloop#738", "uvloop#645", "asyncio#218"],
    returns={"given up": TIMES, "then": fingerprint(PAYLOAD)},
)
async def anyio_cancelled_connect() -> dict[str, object]:
    """A connect that nobody answers can be given up; it leaves no socket, and the next one works."""
    given_up = 0
    with crowded_listener() as address:
        for _ in range(TIMES):
            with move_on_after(IDLE) as scope:
                await connect_tcp(*address)
            given_up += scope.cancelled_caught
    with echo_server() as address:
        return {"given up": given_up, "then": await echoed(await connect_tcp(*address))}
