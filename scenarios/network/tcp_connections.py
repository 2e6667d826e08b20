"""Connections that come and go, and connections that stay and say nothing."""

import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

from anyio import connect_tcp

from harness.scenario import differs, scenario
from scenarios.network.greeting import Greeter, be_greeted
from scenarios.network.serving import Address, Operation, echo, exchange, message, tcp_server

TIMES = 20


@scenario(returns=TIMES)
@asynccontextmanager
async def tcp_churn() -> AsyncIterator[Operation]:
    """One connection after the other is opened, accepted, greeted and closed on both sides.

    One iteration is 20 connections. It isolates what it costs to make and to end a connection: the
    objects on both sides, their registration with the selector, a task each. It shows nothing of many
    connections opened at once.
    """
    greeter = Greeter()
    async with tcp_server(greeter.greet) as address:

        async def come_and_go() -> int:
            right = sum([await be_greeted(await connect_tcp(*address)) for _ in range(TIMES)])
            await greeter.has_greeted(TIMES)
            return right

        await come_and_go()  # off the clock: the server has accepted its clients
        yield come_and_go


@scenario(
    returns="no error",
    timed=False,
    differs=[
        differs(
            on="uvloop+*",
            returns="RuntimeError",
            because="uvloop refuses every operation on a transport that is closed",
            source="uvloop#506",
        ),
        differs(
            on="trio+*",
            returns="OSError",
            because="AnyIO passes it on to the socket, whose descriptor is no longer valid",
            source="AnyIO: _backends/_trio.py, SocketStream.send_eof",
        ),
    ],
)
async def tcp_farewell_when_closed() -> str:
    """The type of the error when a stream that was closed is told that no more will be sent.

    One iteration is one connection, closed and then told. It isolates what each library makes of it and is
    only checked; it does not show what a stream that the other side has closed makes of it.
    """
    async with tcp_server(echo) as address:
        client = await connect_tcp(*address)
        await exchange(client, b"?", 1)
        await client.aclose()
        try:
            await client.send_eof()
        except (RuntimeError, OSError) as error:
            return type(error).__name__
    return "no error"


SIZE = 64
AT_ONCE = 50
"""Connections opened before the server is given time to accept them: fewer than any system's backlog."""


@contextmanager
def room_for(descriptors: int) -> Iterator[None]:
    """Raise this process's own limit of open files, as far as it may, until the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = descriptors if hard == resource.RLIM_INFINITY else min(descriptors, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def silent_clients(address: Address, number: int) -> AsyncIterator[None]:
    """So many plain sockets that are connected, accepted, and say nothing until they are closed."""
    with ExitStack() as clients:
        for opened in range(0, number, AT_ONCE):
            for _ in range(min(AT_ONCE, number - opened)):
                clients.enter_context(socket.create_connection(address))
            async with await connect_tcp(*address) as last:  # answered once all before it are accepted
                await exchange(last, b"?", 1)
        yield


@scenario(params={"idle": [1000]}, returns=TIMES, tags=["echo"])
@asynccontextmanager
async def tcp_idle(idle: int) -> AsyncIterator[Operation]:
    """One client exchanges messages of 64 bytes while many others are connected and silent.

    One iteration is 20 round trips. Beside `tcp_echo:size=64`, the same without the others, it isolates
    whether what a loop does not hear from costs it anything: with epoll or kqueue it should not. The
    silent clients are plain sockets that no loop watches; the server has a task waiting on each. It does
    not show what they cost in memory.
    """
    sent = message(SIZE)
    with room_for(2 * idle + 200):
        async with (
            tcp_server(echo) as address,
            silent_clients(address, idle),
            await connect_tcp(*address) as client,
        ):

            async def round_trips() -> int:
                return await exchange(client, sent, TIMES)

            await round_trips()  # off the clock: the server has accepted its clients
            yield round_trips
