"""Debug mode."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from anyio.lowlevel import checkpoint

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop

SLOW = 0.02
"""Seconds after which debug mode calls a callback slow here."""


@contextmanager
def debug_mode() -> Iterator[list[str]]:
    """The warnings that the loop logs in debug mode; nobody else hears of them."""
    loop, logger, heard = running_loop(), logging.getLogger("asyncio"), list[str]()

    def hear(record: logging.LogRecord) -> bool:
        heard.append(record.getMessage())
        return False

    logger.addFilter(hear)
    loop.set_debug(True)
    try:
        yield heard
    finally:
        loop.set_debug(False)
        logger.removeFilter(hear)


def dawdle() -> None:
    time.sleep(2 * SLOW)


@loop_capability(
    title="debug mode: slow callbacks",
    reported=["uvloop#33"],
    returns={"debug": [True, False], "slow callback reported": True},
)
async def loop_debug_slow_callbacks() -> dict[str, object]:
    """Debug mode warns of a callback that takes longer than slow_callback_duration."""
    loop = running_loop()
    with debug_mode() as heard:
        loop.slow_callback_duration = SLOW
        loop.call_soon(dawdle)
        for _ in range(3):
            await checkpoint()
        debug = [loop.get_debug()]
    debug.append(loop.get_debug())
    return {"debug": debug, "slow callback reported": any("dawdle" in warning for warning in heard)}


@loop_capability(
    title="debug mode: calls from the wrong thread",
    reported=["zuvloop#160", "asyncio#154"],
    returns="RuntimeError",
)
async def loop_debug_wrong_thread() -> str:
    """Debug mode refuses a call_soon from a thread that is not the loop's."""
    loop, outcome = running_loop(), list[str]()

    def call() -> None:
        try:
            loop.call_soon(time.monotonic)
        except Exception as error:  # noqa: BLE001 - which one it is is what is asked
            outcome.append(type(error).__name__)

    with debug_mode():
        thread = Thread(target=call)
        thread.start()
        thread.join()
    return outcome[0] if outcome else "not refused"
