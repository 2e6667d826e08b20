"""A loop that is stopped and run again."""

from collections.abc import Callable
from typing import Any

from anyio import to_thread

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop


def run_and_stop(new_loop: Callable[[], Any]) -> list[str]:
    """Run a loop four times: stopped twice, then until something is done, then stopped before it is."""
    loop, told = new_loop(), list[str]()
    try:
        for turn in ("first", "second"):
            loop.call_soon(told.append, turn)
            loop.call_soon(loop.stop)
            loop.run_forever()
        done = loop.create_future()
        loop.call_later(0.001, done.set_result, "third")
        told.append(loop.run_until_complete(done))
        told.append(stopped_early(loop))
    finally:
        loop.close()
    return [*told, "closed" if loop.is_closed() else "open"]


def stopped_early(loop: Any) -> str:
    """What comes of a wait that the loop's stop ends."""
    never = loop.create_future()
    loop.call_soon(loop.stop)
    try:
        loop.run_until_complete(never)
    except RuntimeError as error:
        return type(error).__name__
    return "returned"


@loop_capability(
    title="a loop that is stopped and run again",
    reported=["uvloop#336"],
    returns=["first", "second", "third", "RuntimeError", "closed"],
)
async def loop_stop_and_run_again() -> list[str]:
    """stop, run_forever and run_until_complete: a loop of the same class runs four times, then is closed."""
    return await to_thread.run_sync(run_and_stop, type(running_loop()))
