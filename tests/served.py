"""Services for the test: one in a thread, made of plain sockets, and those that are written into a file."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from textwrap import dedent

from harness.execution.affinity import choose_cpus, choose_others
from harness.execution.arms import RoundContext
from harness.execution.services import open_service_arms
from harness.protocol.benchmarks import Benchmark

Reply = Callable[[socket.socket, bytes], None]
"""What a service in a thread does with the bytes that a client has sent."""


@contextmanager
def in_thread(reply: Reply) -> Iterator[int]:
    """Serve in a thread for each client, and yield the port."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def accept() -> None:
            with suppress(OSError):  # the test is over
                while True:
                    client, _ = listener.accept()
                    stack.callback(client.close)
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

        def serve(client: socket.socket) -> None:
            with suppress(OSError):
                while data := client.recv(2**20):
                    reply(client, data)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


HEAD = """
import os
from socket import socket
from anyio import BrokenResourceError, create_task_group, sleep, sleep_forever
from anyio.abc import SocketListener
from harness.scenario.service import Stopped, echo, service

answered = 0
kept = []

async def serve(listener, stopped, handle):
    async with await SocketListener.from_socket(listener) as listening, create_task_group() as tasks:
        tasks.start_soon(listening.serve, handle)
        await stopped()
        tasks.cancel_scope.cancel()

async def echo_back(stream):
    try:
        async with stream:
            async for chunk in stream:
                await stream.send(chunk)
    except BrokenResourceError:
        pass

def after(count, act):
    async def handle(stream):
        global answered
        try:
            async with stream:
                async for chunk in stream:
                    answered += 1
                    await stream.send(await act(chunk) if answered > count else chunk)
        except BrokenResourceError:
            pass
    return handle
"""


def service_of(folder: Path, text: str) -> Benchmark:
    """Write a service called `scenario` into a file of its own."""
    path = folder / "mine.py"
    path.write_text(HEAD + dedent(text))
    return Benchmark("probe", "user", str(path), "", "mine.py:1", connections=4)


def context(timeout: float) -> RoundContext:
    """Return what the rounds of a service share here."""
    cpus = choose_cpus(1)
    return RoundContext(cpus, timeout, choose_others(cpus), open_service_arms)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until_listening(port: int, seconds: float = 30.0) -> None:
    """Wait until somebody listens on the port. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.01)
    raise TimeoutError(f"nobody listens on port {port}")
