"""The family of trio: its nursery as a gatherer, and how its tasks are counted."""

from collections.abc import Iterator
from contextlib import suppress
from operator import attrgetter

import anyio._backends._trio  # noqa: F401 - imported now, not inside the first observation
import trio

from harness.backends.gatherers import anyio_gather, gather_in
from harness.backends.runtime import Runtime, SuspendedTask
from harness.scenario import Gather

RUN = trio.run
"""The function that runs a scenario, as it is before any scenario has been imported."""

GATHERERS: dict[str, Gather] = {
    "nursery": gather_in(trio.open_nursery, attrgetter("start_soon")),
    "anyio": anyio_gather,
}


INSTRUMENTS = ("trio:open_nursery", "trio:Nursery")
"""What a case on trio is measured with, beside what every one is; how it is run is looked at apart."""


def trio_runtime(factory: str, gatherer: str) -> Runtime:  # noqa: ARG001 - trio makes its own loop
    """Say how to run on trio."""
    return Runtime(
        anyio_backend="trio",
        options={},
        modules=("anyio._backends._trio",),
        gather=GATHERERS[gatherer],
        cancelled=(trio.Cancelled,),
        count_tasks=lambda: trio.lowlevel.current_statistics().tasks_living,
        is_pool_thread=lambda thread: thread.name.startswith("Trio thread "),  # what trio calls an idle one
        pending_tasks=lambda: 0,  # trio.run does not return before its last task
        suspended=_suspended_tasks,
        other_loop=_elsewhere,
        loop_class=lambda: f"{RUN.__module__}.{RUN.__qualname__}",
    )


def draw_anew() -> None:
    """Draw anew what trio drew at random when it was imported: in which order it runs tasks."""
    trio._core._run._r.seed()  # noqa: SLF001 - every fork of a process would run them in one order


def _suspended_tasks() -> Iterator[SuspendedTask]:
    """Yield trio's tasks from the scenario's main task on, without those of its own that it starts beside."""
    with suppress(RuntimeError):  # nothing runs
        root = trio.lowlevel.current_root_task()
        tasks = [] if root is None else [root]
        while tasks:
            task = tasks.pop()
            tasks += [child for nursery in task.child_nurseries for child in nursery.child_tasks]
            if task is not root and not _is_trios_own(task):
                yield task.name, task.coro


def _is_trios_own(task: trio.lowlevel.Task) -> bool:
    """Decide whether trio started a task for itself: its coroutine is of a function inside trio's core."""
    code = getattr(task.coro, "cr_code", None)
    return code is not None and code.co_filename.startswith(_CORE)


_CORE = trio.__file__.removesuffix("__init__.py") + "_core"


def _elsewhere() -> str | None:
    """Say whether another function than trio's own ran a scenario: AnyIO calls what trio.run is by then."""
    return None if trio.run is RUN else "was run by another function than trio's own trio.run"
