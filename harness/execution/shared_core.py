"""Whether work on another CPU slows a worker down: two CPUs may be threads of one core.

A virtual machine seldom says so. A process is timed with and without this one spinning beside it.
"""

import os
import subprocess
import sys
from statistics import quantiles

from harness.execution.affinity import avoiding, choose_cpus, pinned_to

TIMES = 16
"""The values that are taken in company, and as many in silence, in turn: some 0.3 s in all."""

_WORK = """
import sys
from time import process_time_ns
for line in sys.stdin:
    start = process_time_ns()
    for number in range(200_000):
        pass
    print(process_time_ns() - start, flush=True)
"""
"""A program that answers each line with the CPU time of a fixed piece of work, in nanoseconds."""


def company_factor() -> float | None:
    """Return how many times longer a worker takes while this process works; None where they share all CPUs.

    Each is the lower quartile of CPU times, so that other programs count for neither.
    """
    cpus = choose_cpus(1)
    if cpus is None or len(os.sched_getaffinity(0)) <= len(cpus):
        return None
    with pinned_to(cpus):
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _WORK],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
    with process, avoiding(cpus):
        _take(process, spins=False)
        pairs = [(_take(process, spins=False), _take(process, spins=True)) for _ in range(TIMES)]
    silent, accompanied = (quantiles(taken)[0] for taken in zip(*pairs, strict=True))
    return round(float(accompanied / silent), 3)


def _take(process: "subprocess.Popen[str]", *, spins: bool) -> int:
    """Have the process do its work once, in silence or beside this one, and return its nanoseconds."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    process.stdin.write("\n")
    descriptor = process.stdout.fileno()
    os.set_blocking(descriptor, not spins)
    if not spins:
        return int(process.stdout.readline())
    return int(_spin_until_line(descriptor))


def _spin_until_line(descriptor: int) -> bytes:
    """Read without waiting, again and again, until there is a line."""
    line = b""
    while not line.endswith(b"\n"):
        try:
            line += os.read(descriptor, 64)
        except BlockingIOError:
            continue
    return line
