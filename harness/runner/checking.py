"""Observes the cases of a plan in fresh processes, and yields what was seen as entries of the journal."""

from collections import deque
from collections.abc import Collection, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from harness.backends.backend import Backend
from harness.execution.affinity import allowed_cpus
from harness.execution.observing import observe_in_process
from harness.execution.templates import Templates
from harness.protocol.observations import ProcessObservations
from harness.records.entries import CaseObserved, Entry
from harness.records.plan import PROCESSES
from harness.runner.benchmark_state import BenchmarkState
from harness.runner.state import RunState


def check(run: RunState, benchmarks: Collection[str] | None = None) -> Generator[Entry, None, None]:
    """Observe every case that has not been observed, as many processes at a time as there are CPUs.

    Two at most: more would only make scenarios late that sleep. `benchmarks` are the ids of those whose
    cases are observed: all of the run's if left out.
    """
    left = [
        (state, backend)
        for state in run.benchmarks
        if benchmarks is None or state.benchmark.id in benchmarks
        for backend in state.backends
        if not state.is_observed(backend.name)
    ]
    stop = Event()
    with (
        Templates((backend for _, backend in left), PROCESSES) as templates,
        ThreadPoolExecutor(min(PROCESSES, len(allowed_cpus()))) as pool,
    ):
        waiting = deque(
            (state, backend, _start(run, state, backend, templates, pool, stop)) for state, backend in left
        )
        try:
            while waiting:
                state, backend, processes = waiting.popleft()
                yield CaseObserved(state.benchmark.id, backend.name, _results(processes))
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _start(
    run: RunState,
    state: BenchmarkState,
    backend: Backend,
    templates: Templates,
    pool: ThreadPoolExecutor,
    stop: Event,
) -> list[Future[ProcessObservations]]:
    """Queue the processes that observe one case; none is started for a backend that cannot run here."""
    processes = range(PROCESSES)
    if (why := run.run.machine.of(backend.name).unavailable) is not None:
        return [pool.submit(ProcessObservations, unavailable=why) for _ in processes]
    timeout = run.plan.timeout_of(state.benchmark)
    return [
        pool.submit(
            observe_in_process, state.benchmark, backend, timeout, stop, templates.of(backend, number)
        )
        for number in processes
    ]


def _results(futures: Iterable[Future[ProcessObservations]]) -> tuple[ProcessObservations, ...]:
    return tuple(future.result() for future in futures)
