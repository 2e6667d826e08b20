"""What a worker may use, and that nothing which it started outlives it. On Linux; elsewhere this does little.

Where a control group can be made around a worker, what is in it is the worker's. Elsewhere its orphans are
known by what a child inherits: the session, an oom_score_adj and a memory limit that no other worker has, and
the worker's folder in the environment. What has changed all of these ends with the last worker that lives.
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

from harness.execution import orphans
from harness.execution.control_group import ControlGroup

LINUX = sys.platform == "linux"

MEMORY_SHARE = 0.75
"""The share of the machine's memory that a worker may use: of 16 GiB, enough for a million tasks of trio."""

_CONTROL_GROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_PATIENCE = 5.0
"""The seconds for which descendants that go on forking are ended again and again."""

_marks = count()

_OOM_MARKS = 100
"""How many workers in a row have an oom_score_adj of their own; all of them are ended first."""


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
        self._pid = pid
        self._folder = b"TMPDIR=" + os.fsencode(folder)
        self._memory_mark, self._oom_mark = 0, ""
        self._group: ControlGroup | None = None
        if not LINUX:
            return
        orphans.add_worker(pid)
        self._group = ControlGroup.around(pid)
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        limit, number = memory or memory_limit(), next(_marks)
        self._memory_mark = (limit if hard == resource.RLIM_INFINITY else min(limit, hard)) - number
        self._oom_mark = f"{1000 - number % _OOM_MARKS}\n"
        with suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (self._memory_mark, self._memory_mark))
        with suppress(OSError):
            Path(f"/proc/{pid}/oom_score_adj").write_text(self._oom_mark)

    def daemons(self) -> tuple[str, ...]:
        """Return what the worker has started that is nobody's child any more, while the worker lives."""
        if not LINUX:
            return ()
        with orphans.lock:
            commands = map(orphans.command_of, self._orphans())
        return tuple(filter(None, commands))  # what has ended by itself is no daemon

    def end_descendants(self) -> None:
        """End what is left of the worker's descendants; the worker itself has gone already."""
        if not LINUX:
            return
        orphans.remove_worker(self._pid)
        if self._group is not None:
            self._group.kill()
        deadline = time.monotonic() + _PATIENCE
        while self._ended_some() and time.monotonic() < deadline:
            """Their own children are ours now."""
        if self._group is not None:
            self._group.remove()
        orphans.stop_adopting()

    def _ended_some(self) -> bool:
        """End the orphans that are there, and wait for them; return False if there were none."""
        with orphans.lock:
            left = self._orphans()
            for pid in left:
                os.kill(pid, signal.SIGKILL)  # a child of ours that nobody else waits for is there
            for pid in left:
                os.waitpid(pid, 0)
        return bool(left)

    def _orphans(self) -> list[int]:
        """Return the worker's orphans: those that bear one of its marks, and all if no other worker lives."""
        strays = orphans.strays()
        return strays if orphans.all_are_of(self._pid) else [*filter(self._is_ours, strays)]

    def _is_ours(self, pid: int) -> bool:
        if self._group is not None and self._group.holds(pid):
            return True
        with suppress(OSError):
            if orphans.session_of(pid) == self._pid or (
                Path(f"/proc/{pid}/oom_score_adj").read_text() == self._oom_mark
            ):
                return True
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
