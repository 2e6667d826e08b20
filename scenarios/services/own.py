"""An application of the user's own, served by a server that is not: see `loopcmp run --app`."""

import sys
from importlib import import_module
from socket import socket
from typing import Any

from harness.scenario import ANY
from harness.scenario.service import Stopped, get, service
from scenarios.services import hypercorn, uvicorn

PARAMS = {"path": ["/"]}


def application(name: str) -> Any:
    """Return what `package.module:app` names, or what a function returns that is written `module:make()`."""
    module, _, attributes = name.partition(":")
    named: Any = import_module(module)
    for attribute in attributes.removesuffix("()").split("."):
        named = getattr(named, attribute)
    return named() if attributes.endswith("()") else named


def with_arguments_of_a_server(name: str) -> Any:
    """Import the application as its server would: with no argument of ours for it to read."""
    sys.argv[1:] = []
    return application(name)


@service(
    params=PARAMS,
    traffic=get,
    only="asyncio",
    leaves=ANY,
    needs=["uvicorn", "httptools"],
)
async def uvicorn_app(listener: socket, stopped: Stopped, app: str, path: str) -> None:  # noqa: ARG001 - the driver asks for it
    """Uvicorn serves an application of one's own.

    One iteration is one request for this path over HTTP/1.1, on one of 32 connections that stay open. It
    isolates the application on its server. It does not show a network, nor clients that come and go.
    """
    await uvicorn.serve(with_arguments_of_a_server(app), listener, stopped)


@service(params=PARAMS, traffic=get, leaves=ANY, needs=hypercorn.NEEDS)
async def hypercorn_app(listener: socket, stopped: Stopped, app: str, path: str) -> None:  # noqa: ARG001 - the driver asks for it
    """Hypercorn serves an application of one's own, on asyncio's loops and on trio.

    One iteration is one request for this path over HTTP/1.1, on one of 32 connections that stay open. It
    isolates the application on its server, whose code for trio is another. It does not show a network.
    """
    await hypercorn.serve(with_arguments_of_a_server(app), listener, stopped)
