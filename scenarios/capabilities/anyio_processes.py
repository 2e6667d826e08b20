"""Child processes through AnyIO: what they write, what they read, and how they end."""

import signal
import sys

from anyio import create_task_group, open_process, run_process
from anyio.abc import ByteSendStream, Process

from scenarios.capabilities.capability import PAYLOAD, capability, fingerprint
from scenarios.capabilities.serving import receive_all


def python(program: str) -> list[str]:
    """The command for a Python that starts quickly and runs this program."""
    return [sys.executable, "-I", "-S", "-c", program]


@capability(
    title="child processes: output and exit code",
    reported=["uvloop#363", "uvloop#93"],
    returns={"exit code": 7, "output": fingerprint(b"x" * (1 << 20)), "errors": b"y\n"},
)
async def anyio_process() -> dict[str, object]:
    """A child process: 1 MiB of its output, all it says on standard error, and its exit code."""
    program = "import sys; sys.stdout.write('x' * (1 << 20)); sys.stderr.write('y\\n'); sys.exit(7)"
    ended = await run_process(python(program), check=False)
    return {"exit code": ended.returncode, "output": fingerprint(ended.stdout), "errors": ended.stderr}


async def feed(stdin: ByteSendStream) -> None:
    await stdin.send(PAYLOAD)
    await stdin.aclose()


@capability(
    title="child processes that are fed while they answer",
    reported=["uvloop#312", "uvloop#363"],
    returns={"exit code": 0, "output": fingerprint(PAYLOAD)},
)
async def anyio_process_input() -> dict[str, object]:
    """A child process that is fed 1 MiB and gives it back while it reads."""
    program = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    async with await open_process(python(program), stderr=None) as process, create_task_group() as tasks:
        if process.stdin is None or process.stdout is None:
            return {"exit code": None, "output": "no pipes"}
        tasks.start_soon(feed, process.stdin)
        output = await receive_all(process.stdout)
        code = await process.wait()
    return {"exit code": code, "output": fingerprint(output)}


@capability(
    title="exit codes of several child processes",
    reported=["uvloop#128", "github.com/benoitc/gunicorn/issues/3333"],
    returns=[0, 3, -signal.SIGTERM],
)
async def anyio_child_watching() -> list[int]:
    """Three children at once: each one's own exit code, or the signal that ended it."""
    programs = ("pass", "raise SystemExit(3)", "import os; os.kill(os.getpid(), 15)")
    children = [await open_process(python(program)) for program in programs]
    return [await end_of(child) for child in reversed(children)][::-1]


async def end_of(child: Process) -> int:
    async with child:
        return await child.wait()
