"""What a loop costs: time when it has nothing to do, and what each connection leaves behind."""

import gc
import time
from pathlib import Path
from typing import Any

from anyio import connect_tcp, sleep
from anyio.abc import ByteStream

from scenarios.capabilities.capability import capability
from scenarios.capabilities.plain import echo_server
from scenarios.capabilities.serving import receive_exactly

NOTHING_TO_DO = 0.3
"""Seconds in which a loop that polls would use the CPU all the time."""

SHARE = 0.25
"""The share of those seconds that counts as polling: a loop that sleeps uses a hundredth."""


@capability(
    title="no CPU time while there is nothing to do",
    reported=["github.com/J-M-PUNK/tideway/pull/320"],
    returns="sleeps",
)
async def anyio_idle() -> str:
    """While an open connection and a timer wait, the process uses next to no CPU time."""
    with echo_server() as address:
        async with await connect_tcp(*address) as client:
            await exchange(client)
            before = time.process_time()
            await sleep(NOTHING_TO_DO)
            used = time.process_time() - before
    return "sleeps" if used < SHARE * NOTHING_TO_DO else "polls"


async def exchange(client: ByteStream) -> None:
    await client.send(b"ping")
    await receive_exactly(client, len(b"ping"))


WARM_UP, TIMES = 50, 200
"""Connections before counting, when caches and pools fill, and while counting."""

FEW = TIMES // 4
"""Objects or descriptors more that are no growth: one of a hundred connections leaves nothing that lasts."""


@capability(
    title="nothing that grows over many connections",
    reported=["uvloop#220", "uvloop#239"],
    returns={"descriptors": "steady", "objects": "steady"},
)
async def anyio_growth() -> dict[str, str]:
    """After 200 connections, used and closed, there are no more descriptors and objects than before."""
    with echo_server() as address:
        await connect_often(address, WARM_UP)
        before = await held()
        await connect_often(address, TIMES)
        after = await held()
    return {name: "steady" if after[name] - before[name] < FEW else "grows" for name in before}


async def connect_often(address: Any, times: int) -> None:
    for _ in range(times):
        async with await connect_tcp(*address) as client:
            await exchange(client)


async def held() -> dict[str, int]:
    """How many descriptors and Python objects there are, once the last connection is over."""
    await sleep(0.01)
    return count()


def count() -> dict[str, int]:
    gc.collect()
    return {"descriptors": len(list(Path("/dev/fd").iterdir())), "objects": len(gc.get_objects())}
