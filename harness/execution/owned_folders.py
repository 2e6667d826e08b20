"""Temporary folders whose names say which process made them, so that what a dead one left can be removed.

A process is known by its number, the time at which it started and the namespace that both are in: numbers
come again, and two containers may share a folder.
"""

import os
import re
import shutil
import signal
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from harness.execution.control_group import end_groups_of_the_dead

WORKERS = "loopcmp-"
"""The beginning of the names of workers' folders."""

_OWNER = re.compile(r"(?P<pid>\d+)-(?P<start>\d+)-(?P<namespace>\d+)-[a-z0-9_]{8}")


def owned_folder(prefix: str, parent: Path | None = None) -> "tempfile.TemporaryDirectory[str]":
    """Make a temporary folder of this process, which is removed when it is closed."""
    name = f"{prefix}{os.getpid()}-{_start_of(os.getpid())}-{_namespace()}-"
    return tempfile.TemporaryDirectory(prefix=name, dir=parent, ignore_cleanup_errors=True)


def remove_what_the_dead_left(prefix: str = WORKERS, parent: Path | None = None) -> None:
    """Remove the folders of processes that have gone, and end what still runs in them; once in a process."""
    _remove(prefix, parent or Path(tempfile.gettempdir()))


@cache
def _remove(prefix: str, parent: Path) -> None:
    left = [path for path in parent.glob(f"{prefix}*") if _is_left(path, prefix)]
    if left:
        end_groups_of_the_dead()
        _end_processes_in(left)
    for path in left:
        shutil.rmtree(path, ignore_errors=True)


def _is_left(path: Path, prefix: str) -> bool:
    """Decide whether a folder is ours and its process has gone; where that cannot be told, it has not."""
    owner = _OWNER.fullmatch(path.name.removeprefix(prefix))
    if owner is None or int(owner["namespace"]) != _namespace() or not _start_of(os.getpid()):
        return False
    with suppress(OSError):
        status = path.stat(follow_symlinks=False)
        ours = path.is_dir() and not path.is_symlink() and status.st_uid == os.geteuid()
        return ours and _start_of(int(owner["pid"])) != int(owner["start"])
    return False


def _end_processes_in(folders: list[Path]) -> None:
    """End the processes that have one of these for their temporary folder, or are in one."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (process / "environ").read_bytes().split(b"\0")
            current = process.joinpath("cwd").readlink()
            if any(
                b"TMPDIR=" + os.fsencode(folder) in environment or current.is_relative_to(folder)
                for folder in folders
            ):
                os.kill(int(process.name), signal.SIGKILL)


def _start_of(pid: int) -> int:
    """Return when a process started, in ticks since the machine did (proc(5), field 22); 0 if it has gone."""
    with suppress(OSError, ValueError, IndexError):
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return 0 if state in "ZX" else int(fields[18])
    return 0


@cache
def _namespace() -> int:
    with suppress(OSError):
        return Path("/proc/self/ns/pid").stat().st_ino
    return 0
