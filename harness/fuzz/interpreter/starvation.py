"""How long this process has waited for a CPU: what is late on a busy machine is not the loop's fault."""

from contextlib import suppress
from pathlib import Path

_THREADS = Path("/proc/self/task")
"""A folder for each thread of this process, with its `schedstat`: its nanoseconds on a CPU, its nanoseconds
of waiting for one, and its number of turns (Linux)."""


def seconds_waited() -> float:
    """Seconds for which the threads have stood in line for a CPU so far, in all; 0 where nobody tells.

    A worker thread that stands in line is late itself, and keeps all others waiting if it holds the lock of
    the interpreter.
    """
    with suppress(OSError):
        return sum(map(_waited_by, _THREADS.iterdir()))
    return 0.0


def _waited_by(thread: Path) -> float:
    with suppress(OSError, ValueError, IndexError):  # a thread may end while it is looked at
        return int((thread / "schedstat").read_text().split()[1]) / 1e9
    return 0.0
