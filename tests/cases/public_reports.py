"""Public reports on loops, each as the smallest scenario that shows what it reports."""

import asyncio
import socket

import anyio
from anyio.abc import TaskStatus

from harness.scenario import scenario


@scenario(timed=False, only="asyncio", reported=["uvloop#482"])
async def call_later_without_delay() -> str:
    """A timer without a delay is a timer."""
    return type(asyncio.get_running_loop().call_later(0, int)).__name__


@scenario(timed=False, only="asyncio", reported=["uvloop#505"])
async def process_opens_its_stdout() -> bytes:
    """A process opens its standard output by name."""
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        "echo test > /proc/self/fd/1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return output


@scenario(timed=False, only="asyncio", reported=["uvloop#145"])
async def coroutine_function_in_an_executor() -> str:
    """An executor is given a coroutine function, and returns a coroutine."""

    async def nothing() -> None:
        """Do nothing."""

    result = await asyncio.get_running_loop().run_in_executor(None, nothing)
    result.close()
    return "ran"


@scenario(timed=False, only="asyncio", reported=["uvloop#506"])
async def write_after_close() -> str:
    """What is written to a transport that is closed is lost."""
    ours, theirs = socket.socketpair()
    with theirs:
        _, writer = await asyncio.open_connection(sock=ours)
        writer.close()
        await writer.wait_closed()
        writer.write(b"late")
    return "written"


@scenario(timed=False, only="asyncio", reported=["uvloop#85"])
async def name_of_a_connected_datagram_socket() -> str:
    """A connected datagram socket knows its own address."""
    with socket.socket(type=socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=peer.getsockname()
        )
        name: str = transport.get_extra_info("sockname")[0]
        transport.close()
        return name


@scenario(timed=False, reported=["anyio#710"])
async def cancelled_start() -> bool:
    """A start that is cancelled cancels nothing else of its group."""

    async def never(task_status: TaskStatus[None]) -> None:  # noqa: ARG001 - the shape of a task that is started
        await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        with anyio.move_on_after(0.05):
            await group.start(never)
    return group.cancel_scope.cancel_called


@scenario(timed=False, reported=["anyio#432"])
async def errors_of_a_cancelled_group() -> str:
    """A group that is cancelled raises one cancellation and no group of them."""
    with anyio.move_on_after(0.05):
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep, 9)
                group.start_soon(anyio.sleep, 9)
                await anyio.sleep(9)
        except anyio.get_cancelled_exc_class():
            return "cancelled"
        except BaseExceptionGroup:
            return "group"
    return "nothing"
