"""A policy that a scenario sets moves no backend: each runs on the loop that it is named after."""

import asyncio

import uvloop
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario

asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


@scenario()
async def which_loop(gather: Gather) -> str:
    await gather(checkpoint(), checkpoint())
    return type(asyncio.get_running_loop()).__module__
