"""An application of the user's own, served by a server that is not: see `loopcmp run --app`."""

import ast
import inspect
import io
import sys
from contextlib import redirect_stdout
from importlib import import_module
from socket import socket
from types import ModuleType
from typing import Any

from harness.protocol.traffic import Traffic
from harness.scenario import ANY
from harness.scenario.service import Stopped, get, service
from scenarios.services import hypercorn, uvicorn

PARAMS = {"path": ["/"]}


class Nowhere(io.TextIOBase):
    """Takes what an application prints and keeps none of it: on import it prints once a process, or times."""

    def write(self, text: str) -> int:
        """Take all of a text."""
        return len(text)


NOWHERE = Nowhere()
"""It is never closed: what an application logs on it, it may do so for as long as its process lives."""


def application(name: str) -> Any:
    """Return the application that is named: `package.module:app`, or calls as in `module:Maker("a").app()`.

    A function or class that is named without a call is called if it needs no argument.
    Raises ValueError for what is no application, and whatever importing or making it raises.
    """
    module, _, expression = name.partition(":")
    named = _value(ast.parse(expression, mode="eval").body, import_module(module))
    if _needs_nothing(named):
        named = named()
    if not callable(named):
        raise ValueError(f"it is no ASGI application but of type {type(named).__name__}")  # noqa: TRY004 - a TypeError's text is not shown
    return named


def _value(node: ast.expr, module: ModuleType) -> Any:
    """Return what names, attributes and calls with literal arguments come to in a module."""
    match node:
        case ast.Name(id=name):
            return getattr(module, name)
        case ast.Attribute(value=owner, attr=name):
            return getattr(_value(owner, module), name)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in keywords}
            return _value(function, module)(*map(ast.literal_eval, arguments), **named)
    raise ValueError(f"{ast.unparse(node)} is neither a name nor a call")


def _needs_nothing(named: Any) -> bool:
    """Decide whether a function or class can be called without an argument, as no application can."""
    if not (inspect.isfunction(named) or inspect.isclass(named)) or inspect.iscoroutinefunction(named):
        return False
    try:
        inspect.signature(named).bind()
    except TypeError:
        return False
    return True


def asked_of_application(path: str) -> Traffic:
    """Ask an application for a path; what it answers is unknown, and may have a time or a number in it."""
    return get(path, varies=True)


def with_arguments_of_a_server(name: str) -> Any:
    """Import the application as its server would: with no argument of ours for it to read."""
    sys.argv[1:] = []
    return application(name)


@service(
    params=PARAMS,
    traffic=asked_of_application,
    only="asyncio",
    leaves=ANY,
    needs=["uvicorn", "httptools"],
)
async def uvicorn_app(listener: socket, stopped: Stopped, app: str, path: str) -> None:  # noqa: ARG001 - the driver asks for it
    """Uvicorn serves an application of one's own.

    One iteration is one request for this path over HTTP/1.1, on one of 32 connections that stay open. It
    isolates the application on its server. It does not show a network, nor clients that come and go.
    """
    with redirect_stdout(NOWHERE):
        await uvicorn.serve(with_arguments_of_a_server(app), listener, stopped)


@service(params=PARAMS, traffic=asked_of_application, leaves=ANY, needs=hypercorn.NEEDS)
async def hypercorn_app(listener: socket, stopped: Stopped, app: str, path: str) -> None:  # noqa: ARG001 - the driver asks for it
    """Hypercorn serves an application of one's own, on asyncio's loops and on trio.

    One iteration is one request for this path over HTTP/1.1, on one of 32 connections that stay open. It
    isolates the application on its server, whose code for trio is another. It does not show a network.
    """
    with redirect_stdout(NOWHERE):
        await hypercorn.serve(with_arguments_of_a_server(app), listener, stopped)
