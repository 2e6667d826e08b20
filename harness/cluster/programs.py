"""Starts the engine's programs: a scheduler, and a worker for each set of CPUs."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence

from harness.cluster.engine_process import AVOIDED, STARTER
from harness.cluster.on_host import CPUS

WITHOUT_PAGES = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""The options by which a program has no pages; its HTTP server, which has none, is for this machine alone."""

Cpus = tuple[int, ...]
"""The CPUs of one quiet set; empty for all that there are."""


def start_worker(
    scheduler: Sequence[str], security: Sequence[str], cpus: Cpus, avoided: Iterable[int]
) -> "subprocess.Popen[bytes]":
    """Start a worker with one thread, whose units have these CPUs; it keeps off all those avoided."""
    words = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", *WITHOUT_PAGES]
    variables = {CPUS: _joined(cpus), AVOIDED: _joined(avoided)}
    return start_program("worker", [*scheduler, *words, *security], variables)


def start_program(name: str, options: Sequence[str], variables: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a program of the engine, which ends with this process and takes no signals of its terminal."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "harness.cluster.engine_process", name, *options],
        env={**os.environ, STARTER: str(os.getpid()), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def end_program(process: "subprocess.Popen[bytes]", seconds: float = 3.0) -> None:
    """End a program of the engine, by force where it does not end in time."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _joined(cpus: Iterable[int]) -> str:
    return ",".join(map(str, cpus))
