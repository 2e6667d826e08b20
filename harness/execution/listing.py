"""A fresh process says which benchmarks a module has, or whether a loop can be made."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import msgspec

from harness.backends.backend import Loop, SetVariables
from harness.backends.families import check_family
from harness.errors import BadInput, ImportMissing, ScenarioBroken
from harness.execution.environments import InterpreterPath
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import WorkerExit

_PATIENCE = 60.0
"""The seconds within which a worker must list its modules or make a loop."""

PLUGIN_PATIENCE = 15.0
"""The same for a package that nobody has named in this command, and that may be broken."""

OWN_INTERPRETER = InterpreterPath(sys.executable, None)
"""The interpreter that loopcmp itself runs on."""

HOW_TO_GET_IT = (
    "install it beside loopcmp (uv tool install --with PACKAGE, or --with-editable . for the project in this "
    "folder), run in the project's own environment (uv run --with loopcmp), or name it in --env"
)
"""What to type for a module that a user's own file imports, or that makes a loop, and that is not there."""

_HOW_TO_NAME_A_LOOP = "name a module and in it a function without arguments that makes a new event loop"


def list_benchmarks(
    modules: Iterable[tuple[str, str]],
    place: InterpreterPath = OWN_INTERPRETER,
    patience: float = _PATIENCE,
) -> tuple[Benchmark, ...]:
    """Return the benchmarks of (module, family) pairs, in order. Raises ScenarioBroken or BadInput.

    `place` is the interpreter of the worker that imports the modules; each has so many seconds of `patience`.
    """
    if place.unavailable is not None:
        raise BadInput(f"no scenario can be listed: {place.unavailable}")
    wanted = [[module_to_import(module), family, module] for module, family in modules]
    benchmarks: list[Benchmark] = []
    with Worker({"do": "list", "modules": wanted}, python=place.python, variables=place.variables) as worker:
        while len(wanted) > 0:
            reply = worker.receive(patience)
            if isinstance(reply, WorkerExit):
                where = _line_in(wanted[0][2], reply.output)
                raise BadInput(
                    f"{wanted[0][2]}: while its scenarios were listed, the worker {reply.how}{where}"
                )
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


def _line_in(module: str, stack: str) -> str:
    """Say at which line of a module's own file a worker was, if a stack that it wrote tells."""
    file = Path(module).name if module.endswith(".py") else f"{module.replace('.', '/')}.py"
    line = re.search(rf'{re.escape(file)}", line (\d+)', stack)
    return "" if line is None else f", at {file}:{line[1]}"


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
        case Reply("missing", {"message": str(message), "frames": str(frames)}):
            raise ImportMissing(f"{module} does not import: {message}; {HOW_TO_GET_IT}", frames)
        case Reply("broken", {"message": str(message), "frames": str(frames)}):
            raise ScenarioBroken(f"{module} does not import: {message.replace(imported, module)}", frames)
        case Reply(_, {"message": str(message)}):
            raise BadInput(message.replace(imported, module))
    raise BadInput(f"{module}: while its scenarios were listed, the worker wrote what is no list of them")


def check_loop(loop: Loop, variables: SetVariables = ()) -> None:
    """Make one loop in a worker. Raises BadInput if its factory cannot be imported or makes none."""
    with Worker({"do": "open", "loop": loop}, variables=variables) as worker:
        reply = worker.receive(_PATIENCE)
    if isinstance(reply, WorkerExit):
        raise BadInput(f"--loop {loop.name}={loop.factory}: while one loop was made, the worker {reply.how}")
    if reply.kind != "done":
        cure = HOW_TO_GET_IT if reply.kind == "missing" else _HOW_TO_NAME_A_LOOP
        raise BadInput(f"--loop {loop.name}={loop.factory}: {reply.reason}; {cure}")


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
