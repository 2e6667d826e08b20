"""A control group around one worker, where one can be made: nothing leaves it, and it ends as a whole.

No controller is turned on in it: the worker is scheduled and counted as before. See Linux's documentation of
cgroup v2; `cgroup.kill` is there since Linux 5.14.
"""

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

_MOUNTS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
"""Where version 2 is mounted: beside version 1, or alone."""

_PREFIX = "loopcmp-"

_PATIENCE = 2.0
"""The seconds in which what is ended in a group has left it."""


class ControlGroup:
    """The group of a worker, from right after its start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def around(cls, pid: int) -> "ControlGroup | None":
        """Make a group below our own for a process without children yet; None where that cannot be done."""
        own = own_group()
        if own is None:
            return None
        folder = own / f"{_PREFIX}{os.getpid()}-{pid}"
        with suppress(OSError):
            folder.mkdir()
            group = cls(folder)
            with suppress(OSError):
                (folder / "cgroup.procs").write_text(str(pid))
                return group
            group.remove()
        return None

    def members(self) -> frozenset[int]:
        """Return the processes in it; those that have ended are not among them."""
        with suppress(OSError):
            return frozenset(map(int, (self._folder / "cgroup.procs").read_text().split()))
        return frozenset()

    def holds(self, pid: int) -> bool:
        """Decide whether a process is in it, also one that has ended and nobody has waited for."""
        with suppress(OSError):
            return f"/{self._folder.name}\n" in Path(f"/proc/{pid}/cgroup").read_text()
        return False

    def kill(self) -> None:
        """End all that is in it, also what forks meanwhile."""
        with suppress(OSError):
            (self._folder / "cgroup.kill").write_text("1")

    def remove(self) -> None:
        """Remove it once all in it has ended."""
        deadline = time.monotonic() + _PATIENCE
        while self._folder.exists() and time.monotonic() < deadline:
            with suppress(OSError):
                self._folder.rmdir()
                return
            time.sleep(0.001)


@cache
def own_group() -> Path | None:
    """Return the group that this process is in, if groups can be made there that end as a whole."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::/"):
                return next(
                    filter(_can_have_groups, (mount / line[len("0::/") :] for mount in _MOUNTS)), None
                )
    return None


def _can_have_groups(group: Path) -> bool:
    """Try it: what may be written there, only the attempt shows."""
    tried = group / f"{_PREFIX}{os.getpid()}-tried"
    try:
        tried.mkdir()
    except OSError:
        return False
    usable = (tried / "cgroup.kill").exists()
    with suppress(OSError):
        tried.rmdir()
    return usable


def end_groups_of_the_dead() -> None:
    """End and remove the groups of workers whose parent has gone."""
    own = own_group()
    for folder in own.glob(f"{_PREFIX}*") if own else ():
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            group = ControlGroup(folder)
            group.kill()
            group.remove()
