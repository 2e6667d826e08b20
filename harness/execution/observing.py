"""Ask fresh processes: which rows a module has, and what a case is seen to do."""

import importlib.util
from dataclasses import replace
from threading import Event
from typing import Any

import msgspec

from harness.backends.backend import Backend
from harness.execution.environments import find_place
from harness.execution.listing import module_to_import
from harness.execution.process import Reply, Worker
from harness.protocol.benchmarks import Row
from harness.protocol.messages import LOOKS, OUT_OF_MEMORY, UNMEASURED, Assignment
from harness.protocol.observations import Ended, Observation, Seen, Sighting


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
        return Sighting(seen, ended=Ended(reply.words))
    if reply.kind == UNMEASURED:
        return Sighting(unmeasured=reply.words)
    if reply.kind == "missing":
        return Sighting(seen, unavailable=f"{reply.words}: {_where_to_get_it(row, backend)}")
    return Sighting(seen, refused=f"{row.source}: {reply.words}")


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
