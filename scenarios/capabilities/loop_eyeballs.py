"""Happy eyeballs: the next address is tried before the first has failed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harness.scenario import differs
from scenarios.capabilities.capability import PAYLOAD, fingerprint, loop_capability
from scenarios.capabilities.crowded import crowded_listener
from scenarios.capabilities.plain import echo_server
from scenarios.capabilities.running_loop import Peer, echoed, running_loop

NAME = "two-addresses.invalid"
DELAY = 0.05
"""Seconds after which the next address is tried."""


@contextmanager
def two_addresses(*addresses: Any) -> Iterator[None]:
    """NAME has these addresses, for a loop that asks Python's socket module, as asyncio's own do."""
    ask = socket.getaddrinfo

    def answer(host: Any, *arguments: Any, **named: Any) -> list[Any]:
        if host != NAME:
            return ask(host, *arguments, **named)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in addresses
        ]

    socket.getaddrinfo = answer
    try:
        yield
    finally:
        socket.getaddrinfo = ask


@loop_capability(
    title="happy eyeballs",
    reported=["uvloop#406", "zuvloop#28"],
    returns=fingerprint(PAYLOAD),
    lacking=[
        differs(
            on="uvloop+*",
            raises=TypeError("create_connection() got an unexpected keyword argument 'happy_eyeballs_delay'"),
            because="uvloop's create_connection has no happy_eyeballs_delay",
            source="uvloop#406",
        )
    ],
)
async def loop_happy_eyeballs() -> str:
    """happy_eyeballs_delay: where the first address does not answer, the second is connected to."""
    loop = running_loop()
    with crowded_listener() as nobody, echo_server() as somebody, two_addresses(nobody, somebody):
        host, port = (NAME, 80) if await is_known(NAME) else somebody
        _, client = await loop.create_connection(Peer, host, port, happy_eyeballs_delay=DELAY)
        return await echoed(client)


async def is_known(name: str) -> bool:
    """Whether the loop finds the two addresses; one that resolves names by itself is given an address."""
    try:
        found = await running_loop().getaddrinfo(name, 80)
    except OSError:
        return False
    return len(found) > 1
