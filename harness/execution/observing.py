"""A fresh process observes a case, and what it says, or how it ends, becomes a value."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import msgspec

from harness.backends.backend import Backend
from harness.execution.environments import interpreter_for
from harness.execution.listing import HOW_TO_GET_IT, module_to_import
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.execution.templates import Template
from harness.execution.waiting import ATTEMPTS
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import OBSERVATIONS_PER_PROCESS, OUT_OF_MEMORY, UNMEASURED, CaseSpec
from harness.protocol.observations import (
    Observation,
    ObservationCount,
    ObservedOn,
    ProcessObservations,
    WorkerExit,
    with_daemons,
)


def case_spec(benchmark: Benchmark, backend: Backend) -> CaseSpec:
    """Return what a worker has to know to run this case."""
    loop = backend.loop
    return CaseSpec(
        module=module_to_import(benchmark.module),
        scenario=benchmark.scenario,
        parameters=benchmark.parameters,
        family=loop.family,
        factory=loop.factory,
        gatherer=backend.gatherer,
        needs=benchmark.needs,
        **_own_app(benchmark),
    )


def _own_app(benchmark: Benchmark) -> dict[str, Any]:
    """Return what a worker needs to import an application of the user's own."""
    return {"app": benchmark.app, "folder": str(Path.cwd())} if benchmark.app else {}


def observe_in_process(
    benchmark: Benchmark,
    backend: Backend,
    timeout: float,
    stop: Event | None = None,
    template: Template | None = None,
) -> ProcessObservations:
    """Observe a case in one fresh process, which is ended after `timeout` seconds in all, or by `stop`.

    It is forked from `template` where there is one.

    If this process was stopped meanwhile, another process observes the case from the beginning.
    """
    interpreter = interpreter_for(backend)
    if why := interpreter.unavailable or _library_missing(benchmark, backend):
        return ProcessObservations(unavailable=why)
    job: dict[str, Any] = {"do": "observe", "case": case_spec(benchmark, backend)}
    for _ in range(ATTEMPTS):
        with Worker(
            job,
            stop=stop,
            lifetime=timeout,
            python=interpreter.python,
            variables=interpreter.variables,
            template=template,
        ) as worker:
            observations = _observations_of(worker, benchmark, backend, timeout)
            if observations.ended is None:
                observations = with_daemons(observations, worker.daemons())
        if not worker.stopped:
            return observations
    return ProcessObservations(unmeasured=f"was stopped in each of {ATTEMPTS} processes")


def _observations_of(
    worker: Worker, benchmark: Benchmark, backend: Backend, timeout: float
) -> ProcessObservations:
    """Take in all that a worker observes, until it says that it is done or ends otherwise."""
    seen: dict[Observation, ObservationCount] = {}
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
    """Return what a process observed before it sent something that is no observation."""
    if isinstance(reply, WorkerExit):
        return ProcessObservations(seen, ended=reply)
    if reply.kind == "done":
        return _done(reply, seen)
    if reply.kind == OUT_OF_MEMORY:
        return ProcessObservations(seen, ended=WorkerExit(reply.reason))
    if reply.kind == UNMEASURED:
        return ProcessObservations(unmeasured=reply.reason)
    if reply.kind == "missing":
        return ProcessObservations(
            seen, unavailable=f"{reply.reason}: {_where_to_get_it(benchmark, backend)}"
        )
    return ProcessObservations(seen, refused=f"{benchmark.source}: {reply.reason}")


def _done(reply: Reply, seen: tuple[ObservationCount, ...]) -> ProcessObservations:
    try:
        last = reply.read(ObservedOn)
    except msgspec.ValidationError as error:
        return ProcessObservations(seen, WorkerExit(f"wrote what is no observation: {error}"))
    return ProcessObservations(seen, loop_class=last.loop_class, returns=last.returns)


def _library_missing(benchmark: Benchmark, backend: Backend) -> str | None:
    """Name a library that the benchmark needs and that is missing here, with what to type; None if none is.

    What a virtual environment lacks, only a worker in it can say.
    """
    if backend.environment is not None:
        return None
    names = (need.partition(".")[0] for need in benchmark.needs)
    missing = next((name for name in names if importlib.util.find_spec(name) is None), None)
    return None if missing is None else f"no module named {missing!r}: {_where_to_get_it(benchmark, backend)}"


def _where_to_get_it(benchmark: Benchmark, backend: Backend) -> str:
    """Say what to type for a library that is missing where the backend's workers run."""
    if (environment := backend.environment) is not None:
        return f"add the package that brings it to --env '{environment.name}={environment.python} …'"
    if not benchmark.module.startswith("scenarios."):
        return HOW_TO_GET_IT
    extra = "services" if benchmark.is_service else "suite"
    return f"pip install 'loopcmp[{extra}]'"


def _count(seen: dict[Observation, ObservationCount], count: ObservationCount) -> None:
    """Count an observation."""
    if (before := seen.get(count.observation)) is not None:
        count = replace(before, times=before.times + 1, seconds=max(before.seconds, count.seconds))
    seen[count.observation] = count
