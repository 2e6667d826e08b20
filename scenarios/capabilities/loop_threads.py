"""Other threads: what they call on the loop, and what the loop runs in them."""

import threading
import time
from threading import Timer

from scenarios.capabilities.capability import IDLE, loop_capability
from scenarios.capabilities.running_loop import running_loop


@loop_capability(
    title="calls from other threads that wake an idle loop", reported=["uvloop#408"], returns="woken"
)
async def loop_threadsafe_calls() -> str:
    """call_soon_threadsafe: a call from another thread wakes a loop that is idle."""
    loop = running_loop()
    woken = loop.create_future()
    caller = Timer(IDLE, loop.call_soon_threadsafe, (woken.set_result, "woken"))
    caller.start()
    await woken
    caller.join()
    return str(woken.result())


def fail() -> None:
    raise ValueError("Oops")


@loop_capability(
    title="functions in the loop's threads",
    reported=["uvloop#145"],
    returns={"another thread": True, "error": "Oops"},
)
async def loop_executor() -> dict[str, object]:
    """run_in_executor: a function runs in another thread, and the error of one comes back."""
    loop = running_loop()
    thread = await loop.run_in_executor(None, threading.get_ident)
    try:
        await loop.run_in_executor(None, fail)
    except ValueError as error:
        return {"another thread": thread != threading.get_ident(), "error": str(error)}
    return {"another thread": thread != threading.get_ident(), "error": "none"}


def slow(told: list[str]) -> None:
    time.sleep(IDLE)
    told.append("done")


@loop_capability(
    title="an executor that is shut down when its work is done",
    reported=["cpython#78218"],
    returns={"before": [], "after": ["done"], "then": "RuntimeError"},
)
async def loop_shutdown_executor() -> dict[str, object]:
    """shutdown_default_executor waits for what still runs in threads; after it no more is taken."""
    loop, told = running_loop(), list[str]()
    running = loop.run_in_executor(None, slow, told)
    before = told[:]
    await loop.shutdown_default_executor()
    after = told[:]
    await running
    try:
        await loop.run_in_executor(None, threading.get_ident)
    except RuntimeError as error:
        return {"before": before, "after": after, "then": type(error).__name__}
    return {"before": before, "after": after, "then": "accepted"}
