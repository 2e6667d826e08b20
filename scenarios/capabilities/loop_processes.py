"""Child processes by the loop's own methods."""

import asyncio
import sys

from scenarios.capabilities.capability import loop_capability
from scenarios.capabilities.running_loop import running_loop


class Child(asyncio.SubprocessProtocol):
    """Notes what a child writes; `ended` once it has exited and its pipes are closed."""

    def __init__(self) -> None:
        self.output: dict[int, bytes] = {1: b"", 2: b""}
        self.ended = running_loop().create_future()

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        """Keep what the child wrote."""
        if isinstance(data, bytes):
            self.output[fd] += data

    def connection_lost(self, error: Exception | None) -> None:
        """Note how it ended."""
        self.ended.set_result(error)


TOLD = {"exit code": 3, "output": b"out\n", "errors": b"err\n"}


async def told_by(transport: asyncio.SubprocessTransport, child: Child) -> dict[str, object]:
    await child.ended
    code = transport.get_returncode()
    transport.close()
    return {"exit code": code, "output": child.output[1], "errors": child.output[2]}


@loop_capability(title="a program's output, errors and exit code", reported=["uvloop#136"], returns=TOLD)
async def loop_subprocess_exec() -> dict[str, object]:
    """subprocess_exec: a program's output, errors and exit code."""
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    command = (sys.executable, "-I", "-S", "-c", program)
    return await told_by(*await running_loop().subprocess_exec(Child, *command, stdin=None))


@loop_capability(title="a shell's output, errors and exit code", reported=["uvloop#93"], returns=TOLD)
async def loop_subprocess_shell() -> dict[str, object]:
    """subprocess_shell: a shell's output, errors and exit code."""
    command = "echo out; echo err >&2; exit 3"
    return await told_by(*await running_loop().subprocess_shell(Child, command, stdin=None))
