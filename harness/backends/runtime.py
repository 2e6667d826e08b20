"""A runtime is what a worker has to know to run on a backend; every family of loops makes one."""

import importlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from harness.backends.backend import Backend
from harness.scenario import Gather


class NotALoop(Exception):
    """A loop factory made something else than a loop."""


def _nothing_to_check() -> None:
    """The library makes its own loop."""


def _nowhere_else() -> None:
    """Nothing has run on another loop."""


def _no_thread(thread: threading.Thread) -> bool:  # noqa: ARG001 - the shape of `keeps`
    """The library keeps none."""
    return False


SuspendedTask = tuple[str, object]
"""A task's name and its coroutine."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """How to run a scenario on one backend, and how to see what it left.

    `anyio_backend` and `options` go to `anyio.run`, `modules` are what it needs imported.
    `cancelled` are the exceptions that mean cancellation here. `count_tasks` is called inside the
    running loop and counts the tasks alive in it; `pending_tasks` after the loop is closed, and
    counts those it abandoned. `is_pool_thread` knows the idle threads that the library keeps for later,
    which no scenario left.
    `suspended` are the tasks that have not ended, each with its name and its coroutine.
    `loggers` are the loggers on which the library warns. `check` makes a loop and closes
    it, and raises NotALoop where the factory makes something else. `other_loop` says on which other loop
    than that of the backend something has run, in words such as "ran on uvloop.Loop, not …"; None if
    nothing has.
    """

    anyio_backend: str
    options: dict[str, Any]
    modules: tuple[str, ...]
    gather: Gather
    cancelled: tuple[type[BaseException], ...]
    count_tasks: Callable[[], int]
    pending_tasks: Callable[[], int]
    is_pool_thread: Callable[[threading.Thread], bool] = _no_thread
    suspended: Callable[[], Iterable[SuspendedTask]] = tuple
    loggers: tuple[str, ...] = ()
    check: Callable[[], None] = _nothing_to_check
    other_loop: Callable[[], str | None] = _nowhere_else


def open_backend(backend: Backend) -> Runtime:
    """Import what the backend needs and say how to run on it; only workers call this.

    Raises ImportError where its package is missing, and what the package raises when imported.
    """
    name = backend.loop.family
    family = importlib.import_module(f"harness.backends.families.{name}")
    runtime: Runtime = getattr(family, f"{name}_runtime")(backend.loop.factory, backend.gatherer)
    return runtime
