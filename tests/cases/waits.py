"""A scenario that waits and names no ideal: nothing else ran on its CPU."""

import anyio

from harness.scenario import scenario


@scenario(returns="done")
async def three_tenths() -> str:
    await anyio.sleep(0.3)
    return "done"
