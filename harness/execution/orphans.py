"""The orphans that this process adopts while workers live, and which worker has left them. On Linux.

A descendant that leaves the worker's session (a daemon) is not in the group that is ended with it. While a
worker lives, this process adopts orphans (prctl(2), PR_SET_CHILD_SUBREAPER). A process cannot join a session,
only make one: a child of ours in another session than ours, and no worker, was left by a worker.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

_SET_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER, see prctl(2)."""

lock = RLock()
"""Held while orphans are looked for and ended, and while a worker's start is announced."""

_workers: set[int] = set()
_starting = 0
_before: frozenset[int] = frozenset()
"""The children that this process had before its first worker: they are nobody's orphans."""


@contextmanager
def worker_starting() -> Iterator[None]:
    """Announce a worker that is being started, which is no orphan before it is known either."""
    global _starting, _before  # noqa: PLW0603 - it is a property of the process
    with lock:
        if not _workers and not _starting:
            _before = frozenset(adopted())
        _starting += 1
    try:
        yield
    finally:
        with lock:
            _starting -= 1


def add_worker(pid: int) -> None:
    """Adopt orphans from the first worker's start on."""
    with lock:
        _workers.add(pid)
        _adopt(adopting=True)


def remove_worker(pid: int) -> None:
    """Forget a worker that has ended."""
    with lock:
        _workers.discard(pid)


def adopt_the_next() -> None:
    """Adopt orphans from now on, for a worker that will be one; it has been announced."""
    with lock:
        _adopt(adopting=True)


def stop_adopting() -> None:
    """Adopt nobody's orphans once the last worker has ended."""
    with lock:
        if not _workers and not _starting:
            _adopt(adopting=False)


def strays() -> list[int]:
    """Return the orphans that some worker has left, whichever it was."""
    own = os.getsid(0)
    return [
        pid
        for pid in adopted()
        if pid not in _workers and pid not in _before and (session := session_of(pid)) and session != own
    ]


def all_are_of(worker: int) -> bool:
    """Decide whether no other worker could have left an orphan: none lives, and none is being started."""
    return not _starting and _workers <= {worker}


def adopted() -> list[int]:
    """Return the children of this process's first thread, to which the system gives orphans; needs /proc."""
    with suppress(OSError):  # no /proc
        return [*map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split())]
    return []


def session_of(pid: int) -> int:
    """Return the session that a process is in; 0 where it has gone."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    return 0


def command_of(pid: int) -> str:
    """Return what a process runs, in words; empty where it has gone or has ended."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return " ".join(filter(None, words))[:100]
    return ""


def _adopt(*, adopting: bool) -> None:
    _c_library().prctl(_SET_CHILD_SUBREAPER, int(adopting), 0, 0, 0)


@cache
def _c_library() -> "ctypes.CDLL":
    import ctypes

    return ctypes.CDLL(None)
