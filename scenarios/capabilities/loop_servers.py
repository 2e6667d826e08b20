"""A server's life: serving until it is told to stop, and what becomes of its clients."""

import socket
from threading import Thread
from typing import Any

from anyio import Event, move_on_after, sleep, to_thread
from anyio.lowlevel import checkpoint

from harness.scenario import differs
from scenarios.capabilities.capability import IDLE, PATIENCE, PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.running_loop import Peers, first_of, listening, lost, running_loop


def echoed_from(address: Any) -> str:
    """What comes back of the payload from a server at this address, up to its end."""
    received = bytearray()
    with socket.create_connection(address, timeout=PATIENCE) as client:
        sender = Thread(target=send_and_end, args=(client,))
        sender.start()
        while data := client.recv(1 << 16):
            received += data
        sender.join()
    return fingerprint(received)


def send_and_end(client: socket.socket) -> None:
    client.sendall(PAYLOAD)
    client.shutdown(socket.SHUT_WR)


def watched(task: Any) -> Event:
    """An event that is set when the task ends: waiting for it does not cancel the task."""
    ended = Event()
    task.add_done_callback(lambda _: ended.set())
    return ended


@loop_capability(
    title="a server that serves for ever, until it is closed",
    reported=["uvloop#602"],
    returns={"serving": [False, True, False], "echo": fingerprint(PAYLOAD), "ends": "CancelledError"},
    lacking=[
        differs(
            on="uvloop+*",
            returns={"serving": [False, True, False], "echo": fingerprint(PAYLOAD), "ends": "not at all"},
            because="close() of uvloop's Server does not end serve_forever()",
            source="uvloop#602",
        )
    ],
)
async def loop_serve_forever() -> dict[str, object]:
    """Server.serve_forever accepts connections until Server.close, which ends the call by cancelling it."""
    peers = Peers(back=True)
    server = await running_loop().create_server(peers, "127.0.0.1", 0, start_serving=False)
    serving = [server.is_serving()]
    forever = Forever(server)
    await checkpoint()
    echo = await to_thread.run_sync(echoed_from, server.sockets[0].getsockname())
    serving.append(server.is_serving())
    server.close()
    ends = await forever.end()
    serving.append(server.is_serving())
    return {"serving": serving, "echo": echo, "ends": ends}


class Forever:
    """A server that serves for ever, in a task of its own."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._outcome = "not at all"
        self._task = running_loop().create_task(self._serve())
        self._ended = watched(self._task)

    async def _serve(self) -> None:
        try:
            await self._server.serve_forever()
        except BaseException as error:
            self._outcome = "too early" if self._server.is_serving() else type(error).__name__
            raise
        self._outcome = "returns"

    async def end(self) -> str:
        """How it has ended; where it has not, it is cancelled."""
        with move_on_after(PATIENCE):
            await self._ended.wait()
        outcome = self._outcome
        self._task.cancel()
        await self._ended.wait()
        return outcome


AT_ONCE = {"while a client is connected": "returns", "when it has gone": "returns"}


@loop_capability(
    title="waiting until the last client of a closed server has gone",
    reported=["cpython#79033", "cpython#120866"],
    returns={"while a client is connected": "waits", "when it has gone": "returns"},
    lacking=[
        differs(
            on="asyncio*",
            python="<3.12",
            returns=AT_ONCE,
            because="wait_closed of a server that is closed returned at once before Python 3.12",
            source="cpython#120866",
        ),
        differs(
            on="uvloop+*",
            returns=AT_ONCE,
            because="wait_closed of uvloop's Server does not wait for clients",
            source="uvloop#180",
        ),
    ],
)
async def loop_wait_closed() -> dict[str, str]:
    """Server.wait_closed of a server that is closed waits until its last connection has ended."""
    loop, peers = running_loop(), Peers()
    server = await loop.create_server(peers, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()):
        accepted = await first_of(peers)
        server.close()
        waiting = loop.create_task(server.wait_closed())
        returned = watched(waiting)
        await sleep(IDLE)
        early = waiting.done()
    await lost(accepted)
    with move_on_after(PATIENCE):
        await returned.wait()
    late = waiting.done()
    waiting.cancel()
    return {
        "while a client is connected": "returns" if early else "waits",
        "when it has gone": "returns" if late else "waits",
    }


NO_CLOSE_CLIENTS = NotImplementedError("Server has no close_clients")


@loop_capability(
    title="closing a server's clients",
    reported=["cpython#113538"],
    returns={"client": "end", "server": ["lost"]},
    lacking=[
        differs(
            on="asyncio*",
            python="<3.13",
            raises=NO_CLOSE_CLIENTS,
            because="Server.close_clients is new in Python 3.13",
            source="cpython#113538",
        ),
        differs(
            on="uvloop+*",
            raises=NO_CLOSE_CLIENTS,
            because="uvloop's Server has no close_clients",
            source="uvloop/server.pyx of uvloop 0.23.0",
        ),
    ],
)
async def loop_close_clients() -> dict[str, object]:
    """Server.close_clients ends every connection that a server has accepted."""
    loop, peers = running_loop(), Peers()
    server: Any = await loop.create_server(peers, "127.0.0.1", 0)
    async with listening(server, peers) as address:
        with socket.create_connection(address) as client:
            accepted = await first_of(peers)
            if not hasattr(server, "close_clients"):
                raise NO_CLOSE_CLIENTS
            server.close()
            server.close_clients()
            await lost(accepted)
            client.settimeout(PATIENCE)
            received = await to_thread.run_sync(client.recv, 100)
    return {"client": "end" if received == b"" else "data", "server": accepted.told}
