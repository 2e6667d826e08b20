"""How long threads have stood in line for a CPU, as Linux counts it."""

import os
from collections.abc import Iterator
from contextlib import suppress


def nanoseconds_ready(pid: int | str) -> Iterator[int]:
    """Yield for how long each thread of a process was ready to run and had no CPU; none where nobody tells.

    `pid` may be "self". It is the second number of /proc/PID/task/TID/schedstat (Linux's documentation of
    sched-stats). A thread that ends while it is looked at is left out.
    """
    threads: list[str] = []
    with suppress(OSError):
        threads = os.listdir(f"/proc/{pid}/task")
    for thread in threads:
        with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            yield int(file.read().split()[1])
