"""Errors that nobody awaits: to whom the loop reports them."""

import asyncio
from typing import Any

from anyio import Event, move_on_after

from harness.scenario import Left
from scenarios.capabilities.capability import PATIENCE, loop_capability
from scenarios.capabilities.running_loop import running_loop


def fail() -> None:
    raise ValueError("Oops")


@loop_capability(
    title="an exception handler of one's own",
    reported=["uvloop#360"],
    returns=[{"error": ValueError("Oops"), "message": True, "loop": True}],
)
async def loop_exception_handler() -> list[dict[str, object]]:
    """set_exception_handler: called once with the loop, the error of a callback and a message."""
    loop, called = running_loop(), Event()
    reported: list[dict[str, object]] = []

    def handler(its: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        said, error = context.get("message"), context.get("exception")
        reported.append(
            {"error": error, "message": isinstance(said, str) and bool(said), "loop": its is loop}
        )
        called.set()

    loop.set_exception_handler(handler)
    loop.call_soon(fail)
    with move_on_after(PATIENCE):
        await called.wait()
    return reported


@loop_capability(
    title="errors of callbacks in the log",
    reported=["uvloop#360"],
    returns="goes on",
    leaves=Left("other", ValueError("Oops")),
)
async def loop_default_exception_handler() -> str:
    """Without a handler, the error of a callback is logged with it, and the loop goes on."""
    loop = running_loop()
    gone_on = loop.create_future()
    loop.call_soon(fail)
    loop.call_soon(gone_on.set_result, "goes on")
    return str(await gone_on)
