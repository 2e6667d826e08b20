"""asyncio and every loop that is a drop-in for it: factories, gatherers, what to listen to."""

import asyncio
import gc
import importlib
from collections.abc import Callable, Coroutine
from typing import Any, cast

import anyio._backends._asyncio  # noqa: F401 - imported now, not inside the first observation

from harness.backends.gatherers import Start, anyio_gather, over
from harness.backends.running import NotALoop, Running
from harness.scenario import Gather

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def _start_in(group: asyncio.TaskGroup) -> Start:
    def start(function: Callable[..., Coroutine[Any, Any, None]], *args: object) -> None:
        group.create_task(function(*args))

    return start


GATHERERS: dict[str, Gather] = {
    "gather": cast("Gather", asyncio.gather),  # it is; typeshed words it otherwise from 3.12 on
    "taskgroup": over(asyncio.TaskGroup, _start_in),
    "anyio": anyio_gather,
}


def open_backend(factory: str, gatherer: str) -> Running:
    """How to run on the loop that `factory` ("module:attribute", empty for the default) makes."""
    new_loop = _find(factory) if factory else None
    return Running(
        anyio_backend="asyncio",
        options={"loop_factory": new_loop} if new_loop else {},
        modules=("anyio._backends._asyncio", *filter(None, [factory.partition(":")[0]])),
        gather=GATHERERS[gatherer],
        cancelled=(asyncio.CancelledError,),
        count_tasks=lambda: len(asyncio.all_tasks()),
        pending_tasks=_pending_tasks,
        loggers=("asyncio",),
        check=lambda: _check(new_loop or asyncio.new_event_loop),
    )


def _find(path: str) -> LoopFactory:
    module, _, attribute = path.partition(":")
    factory: LoopFactory = getattr(importlib.import_module(module), attribute)
    return factory


def _check(new_loop: LoopFactory) -> None:
    loop: object = new_loop()
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise NotALoop(f"it makes a {type(loop).__name__}, which is no asyncio event loop")
    loop.close()


def _pending_tasks() -> int:
    return sum(isinstance(thing, asyncio.Task) and not thing.done() for thing in gc.get_objects())
