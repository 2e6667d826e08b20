"""Regular files where a pipe is asked for: in a process of its own, which some loops end by it."""

import signal
import subprocess
import sys

from anyio import to_thread

from harness.scenario import differs
from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop

PROGRAM = """
import asyncio, importlib, sys, tempfile

module, name, method = sys.argv[1:]
kind = getattr(importlib.import_module(module), name)

async def ask():
    file = tempfile.TemporaryFile()
    try:
        transport, _ = await getattr(asyncio.get_running_loop(), method)(asyncio.Protocol, file)
    except Exception as error:
        file.close()
        return type(error).__name__
    transport.close()
    return "accepted"

with asyncio.Runner(loop_factory=kind) as runner:
    print(runner.run(ask()))
"""


def asked(kind: type, method: str) -> str:
    """With what a loop of this kind refuses a regular file, or how the process ended that asked it."""
    command = [sys.executable, "-I", "-c", PROGRAM, kind.__module__, kind.__qualname__, method]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode < 0:
        return f"killed by {signal.Signals(-done.returncode).name}"
    return done.stdout.strip() or f"exit code {done.returncode}"


ABORTED = "killed by SIGABRT"


@loop_capability(
    title="regular files, refused as pipes",
    reported=["libuv#281", "cpython#87694"],
    returns={"read": "ValueError", "write": "ValueError"},
    lacking=[
        differs(
            on="uvloop+*",
            returns={"read": ABORTED, "write": ABORTED},
            because="libuv ends the process that polls a regular file",
            source="libuv#281",
        )
    ],
)
async def loop_file_as_pipe() -> dict[str, str]:
    """connect_read_pipe and connect_write_pipe refuse a regular file, for which no loop can wait."""
    kind = type(running_loop())
    answers = {way: await to_thread.run_sync(asked, kind, f"connect_{way}_pipe") for way in ("read", "write")}
    if set(answers.values()) == {"NotImplementedError"}:
        raise NotImplementedError("connect_read_pipe and connect_write_pipe")
    return answers
