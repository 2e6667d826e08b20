"""A runtime is what a worker has to know to run on a backend; every family of loops makes one."""

import importlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from harness.backends.backend import Backend
from harness.backends.instruments import Instruments
from harness.scenario import Gather


class NotALoop(Exception):
    """A loop factory made something else than a loop."""


def _nothing_to_check() -> None:
    """The library makes its own loop."""


def _nowhere_else() -> None:
    """Nothing has run on another loop."""


def _nothing_changed() -> None:
    """All is as it was."""


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
    nothing has. `changed` says what is not as it was of that with which a case is measured. `loop_class` is
    the class of the loop that runs, with its module; for a library without such a class, the function that
    runs it.
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
    changed: Callable[[], str | None] = _nothing_changed
    loop_class: Callable[[], str] = str

    def not_as_opened(self) -> str | None:
        """Say what is not what the backend opened, the loop or what is measured with; None if all is."""
        return self.other_loop() or self.changed()


def open_backend(backend: Backend, clocks: Iterable[str] = ()) -> Runtime:
    """Import what the backend needs and say how to run on it; only workers call this.

    `clocks` are what it will be timed with, if it is, as "module:attribute".

    Raises ImportError where its package is missing, and what the package raises when imported.
    """
    name = backend.loop.family
    family = importlib.import_module(f"harness.backends.families.{name}")
    instruments = Instruments(
        (*_INSTRUMENTS, *clocks, *family.INSTRUMENTS)
    )  # before the loop's package is imported
    runtime: Runtime = getattr(family, f"{name}_runtime")(backend.loop.factory, backend.gatherer)
    return replace(runtime, changed=instruments.changed)


_INSTRUMENTS = ("anyio:run", "anyio:create_task_group", "gc:collect", "gc:isenabled", "gc:get_stats")
"""What every backend is measured with."""
