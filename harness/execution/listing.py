"""A fresh process says which benchmarks a module has, or whether a loop can be made."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import msgspec

from harness.backends.backend import Loop
from harness.backends.families import check_family
from harness.errors import BadInput, ScenarioBroken
from harness.execution.process import Reply, Worker
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import WorkerExit

_PATIENCE = 60.0
"""The seconds within which a worker must list its modules or make a loop."""


def list_benchmarks(modules: Iterable[tuple[str, str]]) -> tuple[Benchmark, ...]:
    """Return the benchmarks of (module, family) pairs, in order. Raises ScenarioBroken or BadInput."""
    wanted = [[module_to_import(module), family, module] for module, family in modules]
    benchmarks: list[Benchmark] = []
    with Worker({"do": "list", "modules": wanted}) as worker:
        while len(wanted) > 0:
            reply = worker.receive(_PATIENCE)
            if isinstance(reply, WorkerExit):
                raise BadInput(f"{wanted[0][2]}: while its scenarios were listed, the worker {reply.how}")
            if reply.kind != "benchmarks":
                _refuse(wanted[0][0], wanted[0][2], reply)
            try:
                benchmarks += (
                    _as_typed(benchmark, wanted[0][2]) for benchmark in reply.read(list[Benchmark])
                )
            except msgspec.ValidationError as error:
                raise BadInput(f"{wanted[0][2]}: a scenario is not as @scenario asks: {error}") from None
            del wanted[0]
    return tuple(benchmarks)


def _as_typed(benchmark: Benchmark, module: str) -> Benchmark:
    """Return a benchmark of a user's module under the path that was typed, which holds on other machines too.

    Raises BadInput if it says that it is only for a family of loops that nobody knows.
    """
    if benchmark.only is not None:
        try:
            check_family(benchmark.only)
        except ValueError as error:
            raise BadInput(f"{benchmark.source}: only={benchmark.only!r}: {error}") from None
    if not module.endswith(".py"):
        return benchmark
    return replace(benchmark, module=module, source=f"{module}:{benchmark.source.rpartition(':')[2]}")


def _refuse(imported: str, module: str, reply: Reply) -> NoReturn:
    match reply:
        case Reply("broken", {"message": str(message), "frames": str(frames)}):
            raise ScenarioBroken(f"{module} does not import: {message.replace(imported, module)}", frames)
        case Reply(_, {"message": str(message)}):
            raise BadInput(message.replace(imported, module))
    raise BadInput(f"{module}: while its scenarios were listed, the worker wrote what is no list of them")


def check_loop(loop: Loop) -> None:
    """Make one loop in a worker. Raises BadInput if its factory cannot be imported or makes none."""
    with Worker({"do": "open", "loop": loop}) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, WorkerExit):
        raise BadInput(f"--loop {loop.name}={loop.factory}: while one loop was made, the worker {reply.how}")
    if reply.kind != "done":
        raise BadInput(
            f"--loop {loop.name}={loop.factory}: {reply.reason}; "
            "name a module and in it a function without arguments that makes a new event loop"
        )


def module_to_import(module: str) -> str:
    """Return a dotted name as it is, and a path made absolute, because workers run in a folder of their own.

    Raises BadInput for a path that no message can hold.
    """
    if not module.endswith(".py"):
        return module
    path = str(Path(module).resolve())
    if path.encode(errors="ignore").decode() != path:
        raise BadInput(f"{path!a} is no UTF-8: move the file to a folder whose name is")
    return path
