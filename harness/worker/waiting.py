"""Where each task of a scenario waits, and where a thread is that runs: the evidence of a hang."""

import sys
import threading
from collections.abc import Iterator
from types import FrameType

from harness.backends.runtime import Runtime
from harness.protocol.evidence import WaitingTask
from harness.worker.frames import frames_of_coroutine, frames_of_thread

MOST_TASKS = 20
"""The tasks and threads of a hang that are told of."""


def waiting_tasks(runtime: Runtime, own_file: str) -> Iterator[WaitingTask]:
    """Yield each task that has not ended, under the name of its first function in the scenario's file."""
    for name, coroutine in runtime.suspended():
        if frames := frames_of_coroutine(coroutine, own_file):
            own = next((frame.function for frame in frames if frame.own), name)
            yield WaitingTask(f"task {own}", frames)


def where_it_hangs(runtime: Runtime, own_file: str, interrupted: FrameType | None) -> tuple[WaitingTask, ...]:
    """Return where tasks wait, those in the scenario's file first, and where threads are in that file.

    The thread of the loop, which was `interrupted`, is told of as well where no task waits.
    """
    tasks = sorted(waiting_tasks(runtime, own_file), key=lambda task: not _is_in_own_file(task))
    threads = [thread for thread in _running_threads(own_file, interrupted) if _is_in_own_file(thread)]
    if not tasks and not threads:
        threads = [WaitingTask("the loop's thread", frames_of_thread(interrupted, own_file))]
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
