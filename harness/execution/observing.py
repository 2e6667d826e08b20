"""Ask fresh processes: which rows a module has, and what a case is seen to do."""

import importlib.util
from dataclasses import replace
from threading import Event
from typing import Any

import msgspec

from harness.backends.backend import Backend
from harness.execution.environments import interpreter_for
from harness.execution.listing import module_to_import
from harness.execution.process import Reply, Worker
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import OBSERVATIONS_PER_PROCESS, OUT_OF_MEMORY, UNMEASURED, CaseSpec
from harness.protocol.observations import Observation, ObservationCount, ProcessObservations, WorkerExit


def case_spec(benchmark: Benchmark, backend: Backend) -> CaseSpec:
    """What a worker has to know to run this case."""
    loop = backend.loop
    return CaseSpec(
        module=module_to_import(benchmark.module),
        scenario=benchmark.scenario,
        parameters=benchmark.parameters,
        loop=loop.name,
        family=loop.family,
        factory=loop.factory,
        gatherer=backend.gatherer,
        needs=benchmark.needs,
    )


def observe_in_process(
    benchmark: Benchmark, backend: Backend, timeout: float, stop: Event | None = None
) -> ProcessObservations:
    """What one fresh process sees of a case; `timeout` seconds for all it has to say, or `stop`, end it."""
    interpreter = interpreter_for(backend)
    if why := interpreter.unavailable or _library_missing(benchmark, backend):
        return ProcessObservations(unavailable=why)
    seen: dict[Observation, ObservationCount] = {}
    job: dict[str, Any] = {"do": "observe", "case": case_spec(benchmark, backend)}
    with Worker(job, stop=stop, lifetime=timeout, python=interpreter.python) as worker:
        for _ in range(OBSERVATIONS_PER_PROCESS + 1):
            reply = worker.receive(timeout)
            if isinstance(reply, WorkerExit) or reply.kind != "seen":
                return _conclude(benchmark, backend, reply, tuple(seen.values()))
            try:
                _count(seen, reply.read(ObservationCount))
            except msgspec.ValidationError as error:
                return ProcessObservations(
                    tuple(seen.values()), WorkerExit(f"wrote what is no observation: {error}")
                )
    return ProcessObservations(
        tuple(seen.values()),
        WorkerExit(f"sent more than the {OBSERVATIONS_PER_PROCESS} observations of a worker"),
    )


def _conclude(
    benchmark: Benchmark, backend: Backend, reply: Reply | WorkerExit, seen: tuple[ObservationCount, ...]
) -> ProcessObservations:
    """A sighting that ends with what is no observation."""
    if isinstance(reply, WorkerExit):
        return ProcessObservations(seen, ended=reply)
    if reply.kind == "done":
        return ProcessObservations(seen)
    if reply.kind == OUT_OF_MEMORY:
        return ProcessObservations(seen, ended=WorkerExit(reply.reason))
    if reply.kind == UNMEASURED:
        return ProcessObservations(unmeasured=reply.reason)
    if reply.kind == "missing":
        return ProcessObservations(
            seen, unavailable=f"{reply.reason}: {_where_to_get_it(benchmark, backend)}"
        )
    return ProcessObservations(seen, refused=f"{benchmark.source}: {reply.reason}")


def _library_missing(benchmark: Benchmark, backend: Backend) -> str | None:
    """Which library that the row needs is not installed here, with what to type; None if all are there.

    Of a virtual environment only a worker in it can say so.
    """
    if backend.environment is not None:
        return None
    names = (need.partition(".")[0] for need in benchmark.needs)
    missing = next((name for name in names if importlib.util.find_spec(name) is None), None)
    return None if missing is None else f"no module named {missing!r}: {_where_to_get_it(benchmark, backend)}"


def _where_to_get_it(benchmark: Benchmark, backend: Backend) -> str:
    """What to type for a library that is not where the backend's workers run."""
    if (environment := backend.environment) is not None:
        return f"add the package that brings it to --env '{environment.name}={environment.python} …'"
    own = benchmark.module.startswith("scenarios.")
    return "pip install 'loopcmp[suite]'" if own else "install the package that brings it"


def _count(seen: dict[Observation, ObservationCount], count: ObservationCount) -> None:
    """Count an observation."""
    if (before := seen.get(count.observation)) is not None:
        count = replace(before, times=before.times + 1, seconds=max(before.seconds, count.seconds))
    seen[count.observation] = count
