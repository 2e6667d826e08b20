"""The family of asyncio and its drop-in loops: their factories, gatherers and loggers."""

import asyncio
import gc
import importlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, cast

import anyio._backends._asyncio  # noqa: F401 - imported now, not inside the first observation

from harness.backends.asyncio_variants import AsyncioLoop
from harness.backends.gatherers import Start, anyio_gather, gather_in
from harness.backends.runtime import NotALoop, Runtime, SuspendedTask
from harness.scenario import Gather

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def _start_in(group: asyncio.TaskGroup) -> Start:
    def start(function: Callable[..., Coroutine[Any, Any, None]], *args: object) -> None:
        group.create_task(function(*args))

    return start


GATHERERS: dict[str, Gather] = {
    "gather": cast("Gather", asyncio.gather),  # it is; typeshed words it otherwise from 3.12 on
    "taskgroup": gather_in(asyncio.TaskGroup, _start_in),
    "anyio": anyio_gather,
}


INSTRUMENTS = ("asyncio:gather", "asyncio:TaskGroup", "asyncio:Task", "asyncio:Future")
"""What a case on a loop of this family is measured with, beside what every one is."""


def asyncio_runtime(factory: str, gatherer: str) -> Runtime:
    """Say how to run on the loop that `factory` ("module:attribute", empty for asyncio's own) makes."""
    new_loop = NotedFactory(_find(factory) if factory else AsyncioLoop)
    return Runtime(
        anyio_backend="asyncio",
        options={"loop_factory": new_loop},
        modules=("anyio._backends._asyncio", *filter(None, [factory.partition(":")[0]])),
        gather=GATHERERS[gatherer],
        cancelled=(asyncio.CancelledError,),
        count_tasks=lambda: len(asyncio.all_tasks()),
        pending_tasks=_pending_tasks,
        suspended=_suspended_tasks,
        loggers=("asyncio",),
        check=lambda: _check(new_loop),
        other_loop=new_loop.other_loop,
        loop_class=new_loop.class_in_words,
    )


def draw_anew() -> None:
    """Draw anew what was drawn at random on import, which for asyncio is nothing."""


class NotedFactory:
    """A loop factory that notes when a loop is of another class than its first, or when none is asked of it.

    The first is made and closed at once, which is before any scenario is imported: what a scenario's module
    does to the loop's package shows as another class, and what a loop's package opens once in a process is
    open before a scenario is observed. The loop that runs is the one that the factory returned, so nothing
    need stand between AnyIO and the scenario to learn its class.
    """

    def __init__(self, make: LoopFactory) -> None:
        self._make = make
        self._opened = _class_of_a_loop(make)
        self._other: type | None = None
        self._is_asked = False

    def __call__(self) -> asyncio.AbstractEventLoop:
        """A new loop."""
        self._is_asked = True
        loop = self._make()
        if type(loop) is not self._opened:
            self._other = type(loop)
        return loop

    def class_in_words(self) -> str:
        """Return the class of its loops with its module; empty where none could be made."""
        return "" if self._opened is None else _name(self._opened)

    def other_loop(self) -> str | None:
        """Say on which other class of loop something ran; None if nothing did. Something has run already."""
        if not self._is_asked:
            return "ran on a loop that the backend did not make: its factory was not asked for one"
        if self._other is None:
            return None
        if self._opened is None:
            return f"ran on {_name(self._other)}, but no loop could be made before the scenario was imported"
        return f"ran on {_name(self._other)}, not {_name(self._opened)}"


def _class_of_a_loop(make: LoopFactory) -> type | None:
    """Return the class of a loop, made and closed; None where that fails, as it will when a scenario runs."""
    with suppress(Exception):
        loop = make()
        with suppress(Exception):
            loop.close()
        return type(loop)
    return None


def _name(loop_class: type) -> str:
    return f"{loop_class.__module__}.{loop_class.__qualname__}"


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
    return sum(1 for _ in _unfinished())


def _unfinished() -> Iterator[asyncio.Task[Any]]:
    """Yield the tasks that have not ended, also those of a loop that is closed."""
    for tracked in gc.get_objects():
        if isinstance(tracked, asyncio.Task) and not tracked.done():
            yield tracked


def _suspended_tasks() -> Iterator[SuspendedTask]:
    for task in _unfinished():
        yield task.get_name(), task.get_coro()
