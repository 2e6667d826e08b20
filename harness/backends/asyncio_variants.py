"""Variants of asyncio's own loop, eager tasks, debug mode, a selector; and uvloop in debug mode."""

import asyncio
import selectors

AsyncioLoop = asyncio.SelectorEventLoop
"""The class of asyncio's own loop where workers run, as it is before a scenario has been imported.

asyncio.new_event_loop() makes it only for as long as nothing that is imported sets an event loop policy.
"""


def eager() -> asyncio.AbstractEventLoop:
    """Make a loop whose tasks run inside create_task() up to where they first wait; Python 3.12 or newer."""
    loop = AsyncioLoop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined, unused-ignore]
    return loop


def debug() -> asyncio.AbstractEventLoop:
    """Make a loop in debug mode, as PYTHONASYNCIODEBUG=1 would, except that no callback counts as slow.

    How long each takes is measured all the same; a warning of one would be about the machine.
    """
    loop = AsyncioLoop()
    loop.set_debug(enabled=True)
    loop.slow_callback_duration = float("inf")
    return loop


def uvloop_debug() -> asyncio.AbstractEventLoop:
    """Make a loop of uvloop in debug mode; no callback counts as slow, as in asyncio's own."""
    import uvloop  # noqa: PLC0415 - nobody else needs it

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    loop.set_debug(enabled=True)
    loop.slow_callback_duration = float("inf")
    return loop


def _loop_on(selector: str) -> asyncio.AbstractEventLoop:
    selector_class: type[selectors.BaseSelector] = getattr(selectors, selector)
    return AsyncioLoop(selector_class())


def select() -> asyncio.AbstractEventLoop:
    """Make a loop on the selector that knows no descriptor from 1024 on."""
    return _loop_on("SelectSelector")


def poll() -> asyncio.AbstractEventLoop:
    """Make a loop on the selector of that name."""
    return _loop_on("PollSelector")


def epoll() -> asyncio.AbstractEventLoop:
    """Make a loop on the selector that is usual on Linux."""
    return _loop_on("EpollSelector")


def kqueue() -> asyncio.AbstractEventLoop:
    """Make a loop on the selector that is usual on macOS."""
    return _loop_on("KqueueSelector")
