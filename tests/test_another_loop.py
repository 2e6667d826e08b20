"""What is measured is the loop that the backend names, whatever a scenario's module does to loops."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from harness.backends.asyncio_variants import AsyncioLoop
from harness.backends.availability import why_unavailable
from harness.backends.families.asyncio import NotedFactory
from harness.backends.registry import find_backend
from harness.backends.runtime import open_backend
from harness.execution.arms import Arm, RoundContext
from harness.execution.observing import case_spec, observe_in_process
from harness.execution.rounds import run_round
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Outcome
from harness.protocol.observations import ProcessObservations, distinct_observations
from harness.records.pace import ArmFailure, RoundSettings
from harness.runner.state import RunState
from harness.runner.timing import drop_arm
from harness.worker.describing import Describer
from harness.worker.loading import run_on
from harness.worker.refusals import NotAsOpened
from tests.records import ASYNCIO, UVLOOP, begun, fake_benchmark, plan, returned

workers = pytest.mark.workers

PATIENCE = 60.0
OWN = "asyncio.unix_events._UnixSelectorEventLoop"

WHICH_LOOP = """
import asyncio, threading
import trio, uvloop
from anyio.lowlevel import checkpoint
from harness.scenario import scenario

{done_on_import}

@scenario()
async def which_loop(gather):
    await gather(checkpoint(), checkpoint())
    {done_when_run}
    loop = type(asyncio.get_running_loop())
    return f"{{loop.__module__}}.{{loop.__qualname__}}"
"""

POLICY = "asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())"
ANOTHER_CLASS = "uvloop.Loop = asyncio.SelectorEventLoop"
ANOTHER_RUN = "own = trio.run; trio.run = lambda *args, **options: own(*args, **options)"
RAN_ON_ASYNCIO = f"ran on {OWN}, not uvloop.Loop"
IN_A_THREAD = "await asyncio.to_thread(lambda: asyncio.run(asyncio.sleep(0)))"

ANOTHER_RUNNER = """
class Runner(asyncio.Runner):
    def __init__(self, *, debug=None, loop_factory=None):
        super().__init__(debug=debug, loop_factory=uvloop.new_event_loop)

import anyio._backends._asyncio as backend
backend.Runner = Runner
"""

own_backends = pytest.mark.parametrize(
    "backend", ["asyncio", "asyncio+taskgroup", "asyncio+anyio", "asyncio-debug", "asyncio-eager"]
)


def benchmark_of(folder: Path, done_on_import: str, done_when_run: str = "pass") -> Benchmark:
    path = folder / "mine.py"
    path.write_text(WHICH_LOOP.format(done_on_import=done_on_import, done_when_run=done_when_run))
    return Benchmark("which_loop", "user", str(path), "", "mine.py:1", uses_gather=True)


def observed(of: Benchmark, backend: str) -> ProcessObservations:
    if why := why_unavailable(find_backend(backend).loop):
        pytest.skip(why)
    return observe_in_process(of, find_backend(backend), PATIENCE)


def outcomes(sighting: ProcessObservations) -> set[Outcome]:
    """What the scenario did, whatever was still there after it."""
    return {look.outcome for look in distinct_observations((sighting,))}


def one_round(of: Benchmark, backend: str) -> object:
    if why := why_unavailable(find_backend(backend).loop):
        pytest.skip(why)
    arm = Arm(backend, case_spec(of, find_backend(backend)))
    return run_round(
        [arm],
        RoundSettings(loops=1, turns=1, warmups=0, untimed=0),
        RoundContext(None, PATIENCE),
        "seed",
    )


def loopcmp(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("loopcmp")), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


# A policy


@workers
@own_backends
def test_a_policy_that_a_scenario_sets_moves_no_backend_of_asyncio(tmp_path: Path, backend: str) -> None:
    assert outcomes(observed(benchmark_of(tmp_path, POLICY), backend)) == {returned(OWN)}


@workers
def test_a_policy_that_a_scenario_sets_does_not_move_uvloop(tmp_path: Path) -> None:
    other = "asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())"
    assert outcomes(observed(benchmark_of(tmp_path, other), "uvloop")) == {returned("uvloop.Loop")}


@workers
@own_backends
def test_a_policy_moves_no_backend_of_asyncio_when_it_is_timed(tmp_path: Path, backend: str) -> None:
    played = one_round(benchmark_of(tmp_path, POLICY), backend)
    assert isinstance(played, tuple), played
    [part] = played
    assert [value.result for value in part.values] == [Describer().describe(OWN)]


@workers
def test_a_loop_that_a_scenario_starts_in_a_thread_is_its_own_affair(tmp_path: Path) -> None:
    of = benchmark_of(tmp_path, POLICY, IN_A_THREAD)
    assert outcomes(observed(of, "asyncio")) == {returned(OWN)}


# Another class


@workers
def test_a_factory_that_makes_another_class_could_not_be_observed(tmp_path: Path) -> None:
    assert observed(benchmark_of(tmp_path, ANOTHER_CLASS), "uvloop") == ProcessObservations(
        unmeasured=RAN_ON_ASYNCIO
    )


@workers
def test_a_scenario_that_raises_on_another_loop_could_not_be_observed_either(tmp_path: Path) -> None:
    of = benchmark_of(tmp_path, ANOTHER_CLASS, "raise ValueError('Oops')")
    assert observed(of, "uvloop") == ProcessObservations(unmeasured=RAN_ON_ASYNCIO)


@workers
def test_trio_that_is_run_by_another_function_could_not_be_observed(tmp_path: Path) -> None:
    sighting = observed(benchmark_of(tmp_path, ANOTHER_RUN), "trio")
    assert sighting == ProcessObservations(unmeasured="was run by another function than trio's own trio.run")


@workers
@pytest.mark.parametrize("when_run", ["pass", "raise ValueError('Oops')"], ids=["returns", "raises"])
def test_an_arm_on_another_loop_gives_no_number_and_is_no_crash(tmp_path: Path, when_run: str) -> None:
    of = benchmark_of(tmp_path, ANOTHER_CLASS, when_run)
    assert one_round(of, "uvloop") == ArmFailure("uvloop", RAN_ON_ASYNCIO, unmeasured=True)


def test_an_arm_that_is_given_up_because_of_its_loop_could_not_be_measured() -> None:
    of = fake_benchmark("probe", returned(1))
    tally = RunState(begun(plan(of, on=(ASYNCIO, UVLOOP))), ())
    assert (
        drop_arm(tally.of(of), ArmFailure(UVLOOP, RAN_ON_ASYNCIO, unmeasured=True)).verdict
        == "could not measure"
    )


@workers
@pytest.mark.parametrize(
    ("command", "row"),
    [
        ("check", r"which_loop +✓ same result +\? could not measure *"),
        ("run --fast", r" *which_loop +[\d.]+ [nµm]s +could not measure *"),
    ],
)
def test_a_case_on_another_loop_is_shown_as_such_and_ends_with_3(
    tmp_path: Path, command: str, row: str
) -> None:
    benchmark_of(tmp_path, ANOTHER_CLASS)
    name, *options = command.split()
    done = loopcmp(tmp_path, name, "mine.py", *options, "-b", "asyncio", "-b", "uvloop")
    assert done.returncode == 3, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if re.fullmatch(rf" *{row}", line)], done.stdout
    assert f"loopcmp: could not measure which_loop on uvloop: {RAN_ON_ASYNCIO}\n" in done.stderr


# The factory


def test_a_factory_whose_loops_are_all_of_one_class_has_nothing_to_say() -> None:
    factory = NotedFactory(AsyncioLoop)
    factory().close()
    assert factory.other_loop() is None


def test_what_ran_without_a_loop_of_the_factorys_ran_on_another() -> None:
    factory = NotedFactory(AsyncioLoop)
    assert (
        factory.other_loop()
        == "ran on a loop that the backend did not make: its factory was not asked for one"
    )


def test_a_factory_that_could_make_no_loop_at_first_has_nothing_to_compare_a_later_one_with() -> None:
    calls = []

    def fails_once() -> asyncio.AbstractEventLoop:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("not yet")
        return AsyncioLoop()

    factory = NotedFactory(fails_once)
    factory().close()
    assert factory.other_loop() == f"ran on {OWN}, but no loop could be made before the scenario was imported"


async def say_hello() -> str:
    return "hello"


async def fail() -> None:
    raise ValueError("Oops")


def test_what_ran_on_the_loop_that_was_opened_is_returned() -> None:
    assert run_on(open_backend(find_backend("asyncio")), say_hello) == "hello"


@pytest.mark.parametrize("operation", [say_hello, fail])
def test_what_ran_on_another_loop_is_refused_whatever_it_did(
    monkeypatch: pytest.MonkeyPatch, operation: Callable[[], Awaitable[object]]
) -> None:
    running = open_backend(find_backend("uvloop"))
    monkeypatch.setattr("uvloop.Loop", AsyncioLoop)
    with pytest.raises(NotAsOpened, match=rf"^{RAN_ON_ASYNCIO}$"):
        run_on(running, operation)


@workers
def test_a_runner_that_asks_the_backend_for_no_loop_is_found_out(tmp_path: Path) -> None:
    seen = observed(benchmark_of(tmp_path, ANOTHER_RUNNER), "asyncio")
    assert seen.unmeasured is not None
    assert "ran on a loop that the backend did not make" in seen.unmeasured
