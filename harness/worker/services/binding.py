"""A service with its arguments bound, and the socket that it listens on."""

import inspect
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.backends.runtime import Runtime
from harness.protocol.traffic import Traffic
from harness.scenario import Scenario
from harness.worker.loading import Operation, source_file, wants_gather
from harness.worker.services.connecting import LOOPBACK

BACKLOG = 2048
"""The connections that may wait to be accepted: a driver opens a thousand at once."""

Serve = Callable[[socket.socket, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Serves on a listening socket until what is awaited returns."""


@dataclass(frozen=True, slots=True)
class BoundService:
    """A service that can be run, and what a driver sends to it; `file` is where it was written."""

    serve: Serve
    traffic: Traffic
    file: str = ""


def opened(*, listens: bool = True) -> socket.socket:
    """Return a socket on loopback, on a port that the system chose, that listens unless the service does.

    It says that it is TCP's, as those do that a loop opens itself. `socket.create_server` leaves that out,
    and asyncio then lets small packets wait for each other (Nagle): an answer in two of them took 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, 0))
    if listens:
        listener.listen(BACKLOG)
    return listener


def bind_service(scenario: Scenario, parameters: dict[str, Any], runtime: Runtime) -> BoundService:
    """Bind a service to its parameters; what is left is the listener, and how it learns that it shall end."""
    offered = {"gather": runtime.gather} if wants_gather(scenario) else {}

    def serve(listener: socket.socket, stopped: Callable[[], Awaitable[None]]) -> Awaitable[None]:
        serving: Awaitable[None] = scenario.function(
            listener=listener, stopped=stopped, **parameters, **offered
        )
        return serving

    return BoundService(serve, _traffic(scenario, parameters), source_file(scenario))


def _traffic(scenario: Scenario, parameters: dict[str, Any]) -> Traffic:
    """Return what the driver sends to a service with these parameters."""
    traffic = scenario.traffic
    if callable(traffic):
        names = inspect.signature(traffic).parameters
        traffic = traffic(**{name: parameters[name] for name in names if name in parameters})
    if traffic is None:
        raise TypeError(f"{scenario.name} is no service")
    return traffic


def conversation_with(scenario: Scenario, parameters: dict[str, Any], runtime: Runtime) -> Operation:
    """Return what a service is checked by: one run of it, and a client that talks to it."""
    from harness.worker.services.conversation import converse  # noqa: PLC0415 - who serves has no use for it

    return partial(converse, bind_service(scenario, parameters, runtime))
