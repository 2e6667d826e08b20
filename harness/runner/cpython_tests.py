"""Runs CPython's own event-loop tests over the chosen loops, each test in a process of its own."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from threading import Event

from harness.backends.availability import version_of
from harness.backends.backend import Backend, Loop
from harness.backends.registry import DEFAULT_BACKENDS, DEFAULT_BASELINE, find_backend
from harness.backends.variables import read_variable
from harness.errors import BadInput
from harness.execution.affinity import allowed_cpus
from harness.execution.cpython_tests import NoTests, list_tests, run_test
from harness.execution.environments import InterpreterPath, interpreter_for, with_worker_requirements
from harness.execution.machine import PYTHON
from harness.protocol.cpython_tests import UnittestReport
from harness.records.cpython_tests import Conformance, LoopTests
from harness.runner.choosing import choose_backends, known

PROCESSES = 2
"""The most tests that run at a time: more would only make those late that measure time."""


@dataclass(frozen=True, slots=True)
class ConformanceRequest:
    """What was typed, before it is checked; `tests` are names of tests, or parts of them.

    `only_asyncio`: loops of other families are left out, not refused.
    """

    tests: Sequence[str]
    backends: Sequence[str]
    loops: Sequence[str]
    environments: Sequence[str]
    timeout: float
    only_asyncio: bool = False
    passed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FinishedTest:
    """One test that was run over a backend's loop, as soon as it is done."""

    backend: str
    test: str
    report: UnittestReport


def backends_to_test(request: ConformanceRequest) -> tuple[Backend, ...]:
    """Return each chosen loop once, after plain asyncio in the same environment. Raises BadInput."""
    pairs = ((control_of(backend), backend) for backend in _asyncio_backends(request))
    return tuple(dict.fromkeys(backend for pair in pairs for backend in pair))


def control_of(backend: Backend) -> Backend:
    """Return plain asyncio in the same environment: what a loop is held against."""
    control = find_backend(DEFAULT_BASELINE)
    return replace(control, environment=backend.environment, variables=backend.variables)


def beside_controls(tested: dict[Backend, LoopTests]) -> tuple[Conformance, ...]:
    """Return the tests of each backend beside those of its control, in the same order."""
    return tuple(
        Conformance(tests, None if backend == control_of(backend) else tested[control_of(backend)])
        for backend, tests in tested.items()
    )


def _asyncio_backends(request: ConformanceRequest) -> Iterator[Backend]:
    """Yield the chosen backends; by default those of --loop, and the default ones whose loop is asyncio's."""
    names = known(request.loops, request.environments)
    defaults = [name for name in DEFAULT_BACKENDS if find_backend(name).loop.family == "asyncio"]
    words = request.backends or [*defaults, *(loop.name for loop in names.typed)]
    passed = [read_variable("--pass", variable) for variable in request.passed]
    for backend in choose_backends(names, words, request.environments, passed):
        if backend.loop.family != "asyncio" and request.only_asyncio:
            continue
        if backend.loop.family != "asyncio":
            raise BadInput(f"{backend.loop.name} is no asyncio loop, and CPython's tests are of those alone")
        yield _with_default_gatherer(backend)


def _with_default_gatherer(backend: Backend) -> Backend:
    """Return the loop with its default gatherer, in an environment that has all that a worker needs."""
    environment = backend.environment
    if environment is not None:
        environment = with_worker_requirements(environment, backend.loop, ())
    return Backend(backend.loop, "gather", environment, backend.variables)


def run_tests(backend: Backend, words: Iterable[str], timeout: float) -> Iterator[FinishedTest | LoopTests]:
    """Run the tests that the words choose over a backend's loop, and yield last what came of all of them.

    A word is a pattern for a test's whole name or a part of it. Raises BadInput where one chooses nothing.
    """
    interpreter = interpreter_for(backend)
    tested = LoopTests(backend.name, *_versions(backend, interpreter))
    try:
        tests = _tests_of(interpreter, words)
    except NoTests as error:
        yield replace(tested, unavailable=str(error))
        return
    reports = []
    for test, report in zip(tests, _reports(tests, backend.loop, timeout, interpreter), strict=True):
        reports.append((test, report))
        yield FinishedTest(backend.name, test, report)
    yield replace(tested, reports=tuple(reports))


def count_tests(backend: Backend, words: Iterable[str]) -> int | None:
    """Return how many tests the words choose for a backend; None where none can be had. Raises BadInput."""
    try:
        return len(_tests_of(interpreter_for(backend), words))
    except NoTests:
        return None


def _tests_of(interpreter: InterpreterPath, words: Iterable[str]) -> tuple[str, ...]:
    """Return the chosen tests of an interpreter. Raises NoTests, and BadInput for a word that names none."""
    if interpreter.unavailable:
        raise NoTests(interpreter.unavailable)
    return choose_tests(list_tests(interpreter.python), words)


def _reports(
    tests: Iterable[str], loop: Loop, timeout: float, interpreter: InterpreterPath
) -> Iterator[UnittestReport]:
    stop = Event()
    with ThreadPoolExecutor(min(PROCESSES, len(allowed_cpus()))) as pool:
        futures = [
            pool.submit(run_test, test, loop, timeout, interpreter.python, stop, interpreter.variables)
            for test in tests
        ]
        try:
            yield from (future.result() for future in futures)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def choose_tests(tests: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """Return the tests that the words choose; all without any. Raises BadInput where one chooses nothing."""
    tests, patterns = tuple(tests), tuple(f"*{word}*" for word in words)
    for pattern in patterns:
        if not any(fnmatchcase(test, pattern) for test in tests):
            raise BadInput(
                f"no test of CPython is called {pattern[1:-1]!r}: name a part of one, such as test_call_later"
            )
    return tuple(
        test for test in tests if not patterns or any(fnmatchcase(test, pattern) for pattern in patterns)
    )


def _versions(backend: Backend, interpreter: InterpreterPath) -> tuple[str, str]:
    """Return the version of the backend's loop, empty where it has none of its own, and of its Python."""
    identity = interpreter.identity
    if identity is None:
        return version_of(backend.loop), PYTHON
    return dict(identity.versions).get(backend.loop.distribution, ""), identity.python
