"""Calls between the loop and its worker threads, through AnyIO."""

import threading
import time

from anyio import Event, create_task_group, from_thread, to_thread

from scenarios.capabilities.capability import IDLE, capability


async def double(value: int) -> int:
    return 2 * value


def in_thread(started: int) -> dict[str, object]:
    """A function that blocks, and calls back into the loop."""
    return {
        "another thread": threading.get_ident() != started,
        "from thread": from_thread.run(double, 21),
    }


def fail() -> None:
    raise ValueError("Oops")


@capability(
    title="functions in worker threads that call back",
    reported=["anyio#363"],
    returns={"another thread": True, "from thread": 42, "error": "Oops"},
)
async def anyio_threads() -> dict[str, object]:
    """A function runs in a worker thread, calls a coroutine on the loop, and its error comes back."""
    seen = await to_thread.run_sync(in_thread, threading.get_ident())
    try:
        await to_thread.run_sync(fail)
    except ValueError as error:
        seen["error"] = str(error)
    return seen


@capability(title="a worker thread that wakes an idle loop", reported=["uvloop#408"], returns="woken")
async def anyio_thread_wakes_loop() -> str:
    """A thread's call wakes a loop that is idle."""
    event = Event()

    def wake() -> None:
        time.sleep(IDLE)
        from_thread.run_sync(event.set)

    async with create_task_group() as tasks:
        tasks.start_soon(to_thread.run_sync, wake)
        await event.wait()
    return "woken"
