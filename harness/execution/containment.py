"""What a worker may use, and that nothing which it started outlives it. On Linux; elsewhere this does little.

A descendant that leaves the worker's session (setsid, a daemon) is not in the group that is ended with it.
While a worker lives, this process adopts orphans (prctl(2), PR_SET_CHILD_SUBREAPER); a worker's own are known
by what a child cannot help inheriting: a memory limit that no other worker has, and the worker's folder in
the environment.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

LINUX = sys.platform == "linux"

MEMORY_SHARE = 0.75
"""The share of the machine's memory that a worker may use: of 16 GiB, enough for a million tasks of trio."""

_CONTROL_GROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_PATIENCE = 5.0
"""The seconds for which descendants that go on forking are ended again and again."""

_limit_marks = count()


@cache
def memory_limit() -> int:
    """Return the bytes that a worker may use: a share of the machine's, or of its control group's."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in _CONTROL_GROUP:
        with suppress(OSError, ValueError):  # no such group, or "max"
            limits.append(int(Path(path).read_text()))
    return int(min(limits) * MEMORY_SHARE)


class Containment:
    """The limits and descendants of one worker, from right after its start until after its end.

    The limit is on private writable memory (RLIMIT_DATA): address space that is only reserved, as
    threads' arenas and compiled loops do by the gigabyte, is not counted. What is shared is not either;
    that it may harm nobody else, the system ends workers first when memory runs out.
    """

    def __init__(self, pid: int, folder: str, memory: int | None = None) -> None:
        self._folder = b"TMPDIR=" + os.fsencode(folder)
        self._memory_mark = 0
        if not LINUX:
            return
        _count_adopting(+1)
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        limit = memory or memory_limit()
        self._memory_mark = (limit if hard == resource.RLIM_INFINITY else min(limit, hard)) - next(
            _limit_marks
        )
        with suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (self._memory_mark, self._memory_mark))
        with suppress(OSError):
            Path(f"/proc/{pid}/oom_score_adj").write_text("1000")

    def end_descendants(self) -> None:
        """End what is left of the worker's descendants; the worker itself has gone already."""
        if not LINUX:
            return
        deadline = time.monotonic() + _PATIENCE
        while (orphans := [*filter(self._is_ours, adopted_processes())]) and time.monotonic() < deadline:
            for orphan in orphans:
                os.kill(orphan, signal.SIGKILL)  # a child of ours that nobody else waits for is there
            for orphan in orphans:
                os.waitpid(orphan, 0)  # now its own children are ours
        _count_adopting(-1)

    def _is_ours(self, pid: int) -> bool:
        with suppress(OSError):
            if resource.prlimit(pid, resource.RLIMIT_DATA)[1] == self._memory_mark:
                return True
            return self._folder in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return False


def is_stopped(pid: int) -> bool:
    """Decide whether a process is stopped, where the system tells; elsewhere it is taken not to be."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    return False


def remove(folder: "tempfile.TemporaryDirectory[str]") -> None:
    """Remove a worker's folder, also one nested more deeply than Python can follow."""
    with suppress(RecursionError):
        folder.cleanup()
    if Path(folder.name).exists():
        subprocess.run(["rm", "-rf", "--", folder.name], stderr=subprocess.DEVNULL, check=False)  # noqa: S607


def adopted_processes() -> list[int]:
    """Return the children of this process's first thread, to which the system gives orphans; needs /proc."""
    with suppress(OSError):  # no /proc
        return [*map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_bytes().split())]
    return []


_SET_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER, see prctl(2)."""

_adopting = 0
_lock = Lock()


def _count_adopting(change: int) -> None:
    """Adopt orphans from the first worker's start to the last one's end: nobody else's in between."""
    global _adopting  # noqa: PLW0603 - it is a property of the process
    with _lock:
        _adopting += change
        _c_library().prctl(_SET_CHILD_SUBREAPER, int(_adopting > 0), 0, 0, 0)


@cache
def _c_library() -> "ctypes.CDLL":
    import ctypes

    return ctypes.CDLL(None)
