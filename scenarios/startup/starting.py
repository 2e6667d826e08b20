"""Start a loop and close it, and import what it takes."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from harness.scenario import NewLoop, scenario

ANSWER = 42


async def answer() -> int:
    return ANSWER


@scenario(returns=ANSWER, cpus=2)
@asynccontextmanager
async def start_and_close(new_loop: NewLoop) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Start a loop, run a coroutine on it that returns at once, and close it.

    One iteration is one `anyio.run`, in a second thread made by the set-up, for in the scenario's own
    thread a loop runs already; handing over to that thread is part of it. It isolates making and
    closing a loop. It does not show signal handlers, which only a main thread gets, nor imports.
    """
    with ThreadPoolExecutor(1) as thread:

        async def start() -> int:
            result: int = thread.submit(new_loop.run, answer).result()
            return result

        yield start


@scenario(returns=0, cpus=2)
async def import_loop(new_loop: NewLoop) -> int:
    """Start a Python that imports what running on this loop takes, and wait for its end.

    One iteration is one process. It isolates the import together with Python's own start, which is
    most of it and is what `import_nothing` shows alone. It does not show a cold file cache.
    """
    return _python(f"import {', '.join(new_loop.modules)}")


@scenario(returns=0, cpus=2, tags=["control"])
async def import_nothing() -> int:
    """A control: start a Python that imports nothing, and wait for its end.

    One iteration is one process, as in `import_loop`, started without the loop's help. The loop has
    no part in it, so it must come out equal on all of them.
    """
    return _python("")


def _python(program: str) -> int:
    """Wait for a fresh interpreter to run a program; blocks, so that no loop has a part in it."""
    return subprocess.run([sys.executable, "-P", "-c", program], check=True).returncode
