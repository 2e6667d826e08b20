"""Waiting that costs CPU time, in a scenario that promises only to wait."""

import anyio

from harness.scenario import scenario


@scenario(ideal=0.1, idle=True)
async def shielded_in_a_cancelled_scope() -> None:
    with anyio.CancelScope() as outer:
        outer.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.1)
