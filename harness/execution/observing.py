"""Ask fresh processes: which rows a module has, and what a case is seen to do."""

import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import msgspec

from harness.backends import Backend, Loop
from harness.errors import BadInput, ScenarioBroken
from harness.execution.environments import find_place
from harness.execution.process import Reply, Worker
from harness.protocol.messages import LOOKS, OUT_OF_MEMORY, UNMEASURED, Assignment
from harness.protocol.observations import Ended, Observation, Row, Seen, Sighting

_PATIENCE = 60.0
"""Seconds in which a worker must list its modules or make a loop."""


def list_rows(modules: Iterable[tuple[str, str]]) -> tuple[Row, ...]:
    """The rows of (module, family) pairs, in order. Raises ScenarioBroken or BadInput."""
    wanted = [[module_to_import(module), family, module] for module, family in modules]
    rows: list[Row] = []
    with Worker({"do": "list", "modules": wanted}) as worker:
        while len(wanted) > 0:
            reply = worker.receive(_PATIENCE)
            if isinstance(reply, Ended):
                raise BadInput(f"{wanted[0][2]}: while its scenarios were listed, the worker {reply.how}")
            if reply.kind != "rows":
                _refuse(wanted[0][0], wanted[0][2], reply)
            try:
                rows += (_as_typed(row, wanted[0][2]) for row in reply.read(list[Row]))
            except msgspec.ValidationError as error:
                raise BadInput(f"{wanted[0][2]}: a scenario is not as @scenario asks: {error}") from None
            del wanted[0]
    return tuple(rows)


def _as_typed(row: Row, module: str) -> Row:
    """A row of a user's module under the path that was typed, which holds on other machines too."""
    if not module.endswith(".py"):
        return row
    return replace(row, module=module, source=f"{module}:{row.source.rpartition(':')[2]}")


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
    if isinstance(reply, Ended):
        raise BadInput(f"--loop {loop.name}={loop.factory}: while one loop was made, the worker {reply.how}")
    if reply.kind != "done":
        raise BadInput(
            f"--loop {loop.name}={loop.factory}: {_message(reply)}; "
            "name a module and in it a function without arguments that makes a new event loop"
        )


def module_to_import(module: str) -> str:
    """A dotted name as it is; a path made absolute, because workers run in a folder of their own.

    Raises BadInput for a path that no message can hold.
    """
    if not module.endswith(".py"):
        return module
    path = str(Path(module).resolve())
    if path.encode(errors="ignore").decode() != path:
        raise BadInput(f"{path!a} is no UTF-8: move the file to a folder whose name is")
    return path


def assignment(row: Row, backend: Backend) -> Assignment:
    """What a worker has to know to run this case."""
    loop = backend.loop
    return Assignment(
        module=module_to_import(row.module),
        scenario=row.scenario,
        parameters=row.parameters,
        loop=loop.name,
        family=loop.family,
        factory=loop.factory,
        gatherer=backend.gatherer,
        needs=row.needs,
    )


def observe_once(row: Row, backend: Backend, timeout: float, stop: Event | None = None) -> Sighting:
    """What one fresh process sees of a case; `timeout` seconds for all it has to say, or `stop`, end it."""
    place = find_place(backend)
    if why := place.unavailable or _library_missing(row, backend):
        return Sighting(unavailable=why)
    seen: dict[Observation, Seen] = {}
    job: dict[str, Any] = {"do": "observe", "case": assignment(row, backend)}
    with Worker(job, stop=stop, lifetime=timeout, python=place.python) as worker:
        for _ in range(LOOKS + 1):
            reply = worker.receive(timeout)
            if isinstance(reply, Ended) or reply.kind != "seen":
                return _last(row, backend, reply, tuple(seen.values()))
            try:
                _add(seen, reply.read(Seen))
            except msgspec.ValidationError as error:
                return Sighting(tuple(seen.values()), Ended(f"wrote what is no observation: {error}"))
    return Sighting(tuple(seen.values()), Ended(f"sent more than the {LOOKS} observations of a worker"))


def _last(row: Row, backend: Backend, reply: Reply | Ended, seen: tuple[Seen, ...]) -> Sighting:
    """A sighting that ends with what is no observation."""
    if isinstance(reply, Ended):
        return Sighting(seen, ended=reply)
    if reply.kind == "done":
        return Sighting(seen)
    if reply.kind == OUT_OF_MEMORY:
        return Sighting(seen, ended=Ended(_message(reply)))
    if reply.kind == UNMEASURED:
        return Sighting(unmeasured=_message(reply))
    if reply.kind == "missing":
        return Sighting(seen, unavailable=f"{_message(reply)}: {_where_to_get_it(row, backend)}")
    return Sighting(seen, refused=f"{row.source}: {_message(reply)}")


def _library_missing(row: Row, backend: Backend) -> str | None:
    """Which library that the row needs is not installed here, with what to type; None if all are there.

    Of a virtual environment only a worker in it can say so.
    """
    if backend.venv is not None:
        return None
    names = (need.partition(".")[0] for need in row.needs)
    missing = next((name for name in names if importlib.util.find_spec(name) is None), None)
    return None if missing is None else f"no module named {missing!r}: {_where_to_get_it(row, backend)}"


def _where_to_get_it(row: Row, backend: Backend) -> str:
    """What to type for a library that is not where the backend's workers run."""
    if (venv := backend.venv) is not None:
        return f"add the package that brings it to --env '{venv.name}={venv.python} …'"
    own = row.module.startswith("scenarios.")
    return "pip install 'loopcmp[suite]'" if own else "install the package that brings it"


def _add(seen: dict[Observation, Seen], one: Seen) -> None:
    """Count an observation."""
    if (before := seen.get(one.observation)) is not None:
        one = replace(before, times=before.times + 1, seconds=max(before.seconds, one.seconds))
    seen[one.observation] = one


def _message(reply: Reply) -> str:
    """A refusal's own words, or its kind if it has none."""
    words = reply.message.get("message") if isinstance(reply.message, dict) else None
    return str(reply.kind if words is None else words)


PYTHON = ".".join(map(str, sys.version_info[:3]))
"""The version of Python that workers run on: this one's."""
