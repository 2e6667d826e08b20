"""asyncio's own loop, each time with one way of looking quicker than it is, or of making others slower."""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Loop = asyncio.AbstractEventLoop
made: list[Loop] = []
own_clock = time.perf_counter_ns
own_write = os.write


def halved_clock() -> int:
    """Return half of the time."""
    return own_clock() // 2


def own_loop() -> Loop:
    """Make an honest loop."""
    return asyncio.SelectorEventLoop()


def _in_timing_worker() -> Any:
    """Return the module that times, if this process does: a loop can know that it is timed."""
    return sys.modules.get("harness.worker.timing")


def halves_the_clock() -> Loop:
    """Put another clock in the place of the one that turns are timed with."""
    for name in ("harness.worker.clock", "harness.worker.timing"):
        if name in sys.modules:
            sys.modules[name].perf_counter_ns = halved_clock  # type: ignore[attr-defined]
    return own_loop()


def halves_pythons_clock() -> Loop:
    """Put another clock in the place of Python's."""
    time.perf_counter_ns = halved_clock
    return own_loop()


async def _nothing(*_: Any, return_exceptions: bool = False) -> Any:
    return [return_exceptions]


def swaps_the_code_of_gather() -> Loop:
    """Leave asyncio.gather what it is, with other code in it."""
    asyncio.gather.__code__ = _nothing.__code__
    asyncio.gather.__kwdefaults__ = {"return_exceptions": False}
    return own_loop()


def replaces_gather() -> Loop:
    """Put another function in the place of asyncio.gather."""
    asyncio.gather = _nothing  # type: ignore[assignment]
    return own_loop()


def switches_collection_off() -> Loop:
    """Have no garbage collected, which others pay for."""
    gc.disable()
    return own_loop()


def collects_seldom() -> Loop:
    """Have garbage collected a hundred times less often."""
    gc.set_threshold(70_000, 1000, 1000)
    return own_loop()


def moves_to_every_cpu() -> Loop:
    """Leave the CPU that all workers share."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    return own_loop()


def raises_its_priority() -> Loop:
    """Have the system prefer this process."""
    os.setpriority(os.PRIO_PROCESS, 0, -10)
    return own_loop()


def is_real_time() -> Loop:
    """Have the system run this process before all others."""
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    return own_loop()


class _AnotherLoop(asyncio.SelectorEventLoop):
    """A loop of another class."""


def is_another_loop_later() -> Loop:
    """Make another class of loop, once a scenario is to run."""
    loop = _AnotherLoop() if made else own_loop()
    made.append(loop)
    return loop


def _forging(forge: Callable[[dict[str, Any]], None]) -> Loop:
    """Change every value on its way to the parent."""

    def write(descriptor: int, message: Any) -> int:
        if bytes(message[:16]) == b'{"kind": "value"':
            value = json.loads(bytes(message))
            forge(value["message"])
            own_write(descriptor, json.dumps(value).encode() + b"\n")
            return len(message)
        return own_write(descriptor, message)

    os.write = write
    return own_loop()


def forges_shorter_values() -> Loop:
    """Send a tenth of every time."""

    def forge(value: dict[str, Any]) -> None:
        for name in ("wall", "cpu"):
            value[name] //= 10

    return _forging(forge)


def forges_longer_values() -> Loop:
    """Send a thousand times every time: as the baseline, it makes others look quick."""

    def forge(value: dict[str, Any]) -> None:
        value["wall"] *= 1000

    return _forging(forge)


def forges_wall_alone() -> Loop:
    """Send a twentieth of the wall time, beside the true CPU time."""

    def forge(value: dict[str, Any]) -> None:
        value["wall"] //= 20

    return _forging(forge)


def _spin() -> None:
    while True:
        sum(range(100_000))


def has_a_helper_that_spins() -> Loop:
    """Start a process that takes the CPU from others while they have their turn."""
    if _in_timing_worker() and not made and os.fork() == 0:
        _spin()
    made.append(own_loop())
    return made[-1]
