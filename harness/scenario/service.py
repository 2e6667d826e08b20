"""What a service may import from the harness: `@service`, and the traffic that a driver sends to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from harness.protocol.descriptions import Parameter
from harness.protocol.traffic import CONNECTIONS, Answering, Opening, Traffic, frame, masked_frame
from harness.scenario import UNPROMISED, DifferenceSpec, PromiseSpec, Scenario

Stopped = Callable[[], Awaitable[None]]
"""What a service awaits to learn that it shall end."""

ServiceFunction = Callable[..., Awaitable[None]]


def service(
    *,
    traffic: Traffic | Callable[..., Traffic],
    params: Mapping[str, Sequence[Parameter]] | None = None,
    returns: object = UNPROMISED,
    leaves: object = UNPROMISED,
    differs: Sequence[DifferenceSpec] = (),
    tags: str | Sequence[str] = (),
    native: str = "",
    only: str | None = None,
    needs: Sequence[str] = (),
    stacks: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Scenario]:
    """Turn a coroutine function that serves into a benchmark of it.

    The function takes `listener`, a listening socket on loopback, and `stopped`, a coroutine function that
    returns when the service shall end, beside its parameters. It runs alone in a process; a driver in another
    process sends `traffic`, which may be a function of the parameters. `returns` promises what a client sees
    when the service is checked, `leaves` what it may leave behind. `stacks` names what serves on each family
    of loops, where that is not the same on all: such a benchmark has no ratio to the baseline, and its
    contrasts say which server on which loop they compare. Other arguments are those of `scenario`.
    """

    def decorate(function: Callable[..., Any]) -> Scenario:
        return Scenario(
            function=function,
            promise=PromiseSpec(returns=returns, leaves=leaves),
            params=dict(params or {}),
            differs=tuple(differs),
            tags=("service", *((tags,) if isinstance(tags, str) else tags)),
            native=native,
            only=only,
            needs=tuple(needs),
            traffic=traffic,
            stacks=dict(stacks or {}),
        )

    return decorate


def echo(size: int, *, opening: Opening = Opening.PLAIN, connections: int = CONNECTIONS) -> Traffic:
    """Send so many bytes and expect the same back."""
    message = bytes(index % 251 for index in range(size))
    return Traffic(
        message, message, opening=opening, connections=connections, resets=opening is Opening.PLAIN
    )


def request(path: str) -> bytes:
    """Write a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


def get(
    path: str,
    body: bytes | None = None,
    *,
    connections: int = CONNECTIONS,
    checks: Mapping[str, str] | None = None,
    slow: str | None = None,
    varies: bool = False,
) -> Traffic:
    """Ask for a path over HTTP/1.1, and expect this body, or always the same one.

    `checks` are further paths that are asked for when the service is checked, each under a name; the answer
    to `slow` begins at once and takes a while. Where it `varies`, words of the answer that change from one
    request to the next are not compared.
    """
    return Traffic(
        request(path),
        body,
        Answering.HTTP,
        connections=connections,
        checks=tuple((name, request(checked)) for name, checked in (checks or {}).items()),
        slow=None if slow is None else request(slow),
        varies=varies,
    )


def post(path: str, content: bytes, body: bytes | None = None, *, connections: int = CONNECTIONS) -> Traffic:
    """Send content to a path over HTTP/1.1, and expect this body, or always the same one."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(content)}\r\n\r\n"
    return Traffic(head.encode() + content, body, Answering.HTTP, connections=connections)


def messages(text: bytes, *, connections: int = CONNECTIONS) -> Traffic:
    """Send a text over a WebSocket and expect the same back; it has less than 64 KiB."""
    opening = Opening.WEBSOCKET
    return Traffic(
        masked_frame(text), frame(text), opening=opening, connections=connections, resets=False, ends=False
    )
