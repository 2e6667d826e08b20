"""Where each task of a scenario waits, and where a thread is that runs: the evidence of a hang."""

import sys
import threading
from collections.abc import Iterable, Iterator
from types import FrameType

from harness.backends.runtime import Runtime, SuspendedTask
from harness.protocol.evidence import WaitingTask
from harness.worker.frames import frames_of_coroutine, frames_of_thread

MOST_TASKS = 20
"""The tasks and threads of a hang that are told of."""


def waiting_tasks(runtime: Runtime, own_file: str) -> Iterator[WaitingTask]:
    """Yield each task that has not ended, and is in a line of somebody's code."""
    return _in_words(runtime.suspended(), own_file)


def tasks_since(earlier: Iterable[SuspendedTask], runtime: Runtime, own_file: str) -> Iterator[WaitingTask]:
    """Yield each task that has not ended and was not among the earlier ones."""
    known = {id(coroutine) for _, coroutine in earlier}
    return _in_words((task for task in runtime.suspended() if id(task[1]) not in known), own_file)


def _in_words(tasks: Iterable[SuspendedTask], own_file: str) -> Iterator[WaitingTask]:
    """Name each task after its first function in the scenario's file, or else after its coroutine."""
    for name, coroutine in tasks:
        if frames := frames_of_coroutine(coroutine, own_file):
            own = next((frame.function for frame in frames if frame.own), None)
            yield WaitingTask(f"task {own or getattr(coroutine, '__qualname__', name)}", frames)


def where_it_hangs(runtime: Runtime, own_file: str, interrupted: FrameType | None) -> tuple[WaitingTask, ...]:
    """Return where tasks wait, those in the scenario's file first, and where threads are in that file.

    The thread of the loop, which was `interrupted`, is told of as well where nothing is in that file, unless
    it is in loopcmp's own code.
    """
    tasks = sorted(waiting_tasks(runtime, own_file), key=lambda task: not _is_in_own_file(task))
    threads = [thread for thread in _running_threads(own_file, interrupted) if _is_in_own_file(thread)]
    if not threads and not any(map(_is_in_own_file, tasks)):
        frames = frames_of_thread(interrupted, own_file)
        threads = [WaitingTask("the loop's thread", frames)] if frames else []
    return (*threads, *tasks)[:MOST_TASKS]


def _running_threads(own_file: str, interrupted: FrameType | None) -> Iterator[WaitingTask]:
    yield WaitingTask("the loop's thread", frames_of_thread(interrupted, own_file))
    own = threading.get_ident()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the documented way to ask
        if ident != own:
            yield WaitingTask(f"thread {names.get(ident, ident)}", frames_of_thread(frame, own_file))


def _is_in_own_file(task: WaitingTask) -> bool:
    return any(frame.own for frame in task.frames)
