"""add_reader and add_writer."""

import asyncio
import socket
from contextvars import ContextVar
from threading import Timer

from anyio import sleep

from scenarios.capabilities.capability import IDLE, loop_capability
from scenarios.capabilities.running_loop import running_loop

who: ContextVar[str] = ContextVar("who", default="nobody")


@loop_capability(
    title=lambda given: f"readiness of a descriptor, given as {given}",
    reported=["uvloop#97", "uvloop#101"],
    params={"given": ["number", "object"]},
    returns={"writer": ("caller", "argument"), "reader": [("caller", b"1"), ("caller", b"2")]},
)
async def loop_readers(given: str) -> dict[str, object]:
    """add_reader and add_writer, given a descriptor or an object that has one: called until removed."""
    loop = running_loop()
    told: list[tuple[str, bytes]] = []
    who.set("caller")
    ours, theirs = socket.socketpair()
    watched = ours.fileno() if given == "number" else ours
    with ours, theirs:
        ours.setblocking(False)  # noqa: FBT003 - positional only
        first, second, writable = (loop.create_future() for _ in range(3))

        def read(*comes: "asyncio.Future[None]") -> None:
            told.append((who.get(), ours.recv(1)))
            comes[len(told) - 1].set_result(None)

        def write(argument: str) -> None:
            loop.remove_writer(watched)
            writable.set_result((who.get(), argument))

        loop.add_writer(watched, write, "argument")
        loop.add_reader(watched, read, first, second)
        who.set("changed")
        await writable
        sender = Timer(IDLE, theirs.sendall, (b"1",))
        sender.start()
        await first
        sender.join()
        theirs.sendall(b"2")
        await second
        loop.remove_reader(watched)
        theirs.sendall(b"3")
        await sleep(IDLE)
    return {"writer": writable.result(), "reader": told}
