"""Other threads: what they call on the loop, and what the loop runs in them."""

import threading
from threading import Timer

from scenarios.capabilities.capability import IDLE, loop_capability
from scenarios.capabilities.running_loop import running_loop


@loop_capability(returns="woken")
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


@loop_capability(returns={"another thread": True, "error": "Oops"})
async def loop_executor() -> dict[str, object]:
    """run_in_executor: a function runs in another thread, and the error of one comes back."""
    loop = running_loop()
    thread = await loop.run_in_executor(None, threading.get_ident)
    try:
        await loop.run_in_executor(None, fail)
    except ValueError as error:
        return {"another thread": thread != threading.get_ident(), "error": str(error)}
    return {"another thread": thread != threading.get_ident(), "error": "none"}
