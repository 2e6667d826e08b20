"""Other programs: run one and read what it says, and pipe data through one."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import create_task_group, open_process, run_process
from anyio.abc import ByteReceiveStream, ByteSendStream

from harness.scenario import scenario


@scenario(returns=(3, b"said\n", b"complained\n"), cpus=2, tags=["subprocess"])
async def subprocess_output() -> tuple[int, bytes, bytes]:
    """A shell is run that says something, complains, and ends with status 3.

    One iteration is one process from its start to its end. It isolates how a loop starts a process, reads
    two pipes, and learns of the end; much of the time is the system making the process, which all loops
    share. It shows nothing about many at once.
    """
    ended = await run_process(["sh", "-c", "echo said; echo complained >&2; exit 3"], check=False)
    return ended.returncode, ended.stdout, ended.stderr


SIZE = 256 * 1024
PIECE = 16 * 1024


async def pour(stream: ByteSendStream, data: bytes) -> None:
    for at in range(0, len(data), PIECE):
        await stream.send(data[at : at + PIECE])


async def drain(stream: ByteReceiveStream, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        received += await stream.receive()
    return bytes(received)


@scenario(returns=True, cpus=2, tags=["subprocess"])
@asynccontextmanager
async def pipe_through_cat() -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Data goes into cat and comes out again, compared byte for byte.

    One iteration is 256 KiB through a cat that is running already, written by a task of its own. It
    isolates writing to and reading from pipes. In which pieces data comes out is up to the system, so it
    does not show how often a loop reads.
    """
    data = random.Random(SIZE).randbytes(SIZE)
    async with await open_process(["cat"]) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        into, out = cat.stdin, cat.stdout

        async def through() -> bool:
            async with create_task_group() as tasks:
                tasks.start_soon(pour, into, data)
                received = await drain(out, SIZE)
            return received == data

        yield through
        await into.aclose()
        await cat.wait()
