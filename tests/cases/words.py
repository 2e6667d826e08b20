"""Errors whose words are the finding: on another loop another message, which is shown with its line."""

import asyncio

from harness.scenario import scenario


@scenario(timed=False, only="asyncio")
async def type_errors() -> None:
    on_uvloop = "uvloop" in type(asyncio.get_running_loop()).__module__
    raise TypeError("no such keyword: eager_start" if on_uvloop else "an integer is required")
