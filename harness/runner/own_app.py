"""The benchmarks of an application of the user's own: one for each of its paths, on each server."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.errors import BadInput
from harness.execution.listing import list_benchmarks
from harness.protocol.benchmarks import Benchmark

MODULE = ("scenarios.services.own", "services")
"""The module that serves an application, and its family; its benchmarks are chosen in no other way."""

SERVER_OF_EVERY_LOOP = "hypercorn_app"
"""The server that is only added where trio takes part: on asyncio's loops uvicorn is what people use."""


@dataclass(frozen=True, slots=True)
class AppRequest:
    """What was typed of an application: where it is, and its paths."""

    app: str
    paths: Sequence[str] = ()


def app_benchmarks(request: AppRequest, families: Iterable[str]) -> tuple[Benchmark, ...]:
    """Return the benchmarks of an application, on the servers that these families of loops have.

    Raises BadInput for words that name no application or path.
    """
    _check(request)
    trio = "trio" in families
    return tuple(
        _benchmark(server, request.app, path)
        for server in list_benchmarks([MODULE])
        if trio or server.scenario != SERVER_OF_EVERY_LOOP
        for path in request.paths or ("/",)
    )


def benchmark_again(benchmark: Benchmark) -> Benchmark | None:
    """Return the benchmark of an application as it is made now; None for any other, or if there is none."""
    if not benchmark.app:
        return None
    path = str(dict(benchmark.parameters)["path"])
    servers = (server for server in list_benchmarks([MODULE]) if server.scenario == benchmark.scenario)
    return next((_benchmark(server, benchmark.app, path) for server in servers), None)


def _benchmark(server: Benchmark, app: str, path: str) -> Benchmark:
    return replace(server, app=app, parameters=(("path", path),))


def _check(request: AppRequest) -> None:
    module, _, expression = request.app.partition(":")
    if not module or "/" in module or module.endswith(".py") or not _is_expression(expression):
        raise BadInput(
            f"--app {request.app!r} names no application: write package.module:app, "
            "or package.module:make() for what makes one"
        )
    for path in request.paths:
        if not path.startswith("/") or any(character.isspace() for character in path):
            raise BadInput(f"{path!r} is no path of an application: it begins with / and has no spaces")


def _is_expression(text: str) -> bool:
    """Decide whether a text is an expression of Python's, as a name and a call are."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True
