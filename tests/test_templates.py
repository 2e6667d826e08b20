"""A worker that is forked from a template differs from one that is started afresh in its start alone."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.backends.registry import find_backend
from harness.execution.observing import observe_in_process
from harness.execution.templates import Template, Templates, can_be_forked
from harness.protocol.benchmarks import Benchmark

PATIENCE = 60.0

HEAD = """
import gc
import os
import resource
import signal
import sys
import threading
from harness.scenario import scenario

@scenario(returns=None)
async def probe():
"""

STATE = """
    handlers = [str(signal.getsignal(number)).partition(" at ")[0] for number in (2, 3, 5, 12, 15)]
    own = os.environ["TMPDIR"]
    return {
        "leads its session": os.getsid(0) == os.getpgid(0) == os.getpid(),
        "parent": os.getppid(),
        "is in its folder": os.path.samefile(own, os.getcwd()),
        "environment": sorted(set(os.environ) - {"TMPDIR"}),
        "handlers": handlers,
        "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "threads": threading.active_count(),
        "arguments": len(sys.argv),
        "input": os.path.realpath("/proc/self/fd/0"),
        "outputs": [os.readlink(f"/proc/self/fd/{number}").partition(":")[0] for number in (1, 2)],
        "descriptors": len(os.listdir("/proc/self/fd")),
        "collects": (gc.isenabled(), gc.get_threshold()),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE),
        "memory is limited": resource.getrlimit(resource.RLIMIT_DATA)[0] > 0,
        "buffers": (sys.stdout.line_buffering, sys.__stdout__.encoding),
        "nice": os.nice(0),
        "flags": str(sys.flags).partition("hash_randomization")[0],
        "main": sys.modules["__main__"].__spec__.name,
    }
"""

pytestmark = [
    pytest.mark.workers,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are forked on Linux"),
]


def benchmark_of(path: Path, body: str) -> Benchmark:
    path.write_text(HEAD + body)
    return Benchmark("probe", "user", str(path), "", "mine.py:3")


def outcome_of(benchmark: Benchmark, backend: Backend, template: Template | None) -> str:
    process = observe_in_process(benchmark, backend, PATIENCE, None, template)
    assert process.ended is None
    return str(process.observations[0].observation.outcome)


@pytest.fixture
def asyncio_template() -> Iterator[Template]:
    with Template(find_backend("asyncio").loop) as template:
        yield template


@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_a_forked_worker_finds_what_one_finds_that_is_started_afresh(tmp_path: Path, loop: str) -> None:
    benchmark, backend = benchmark_of(tmp_path / "mine.py", STATE), find_backend(loop)
    with Template(backend.loop) as template:
        forked = outcome_of(benchmark, backend, template)
        assert template.is_running
    assert forked.startswith("returned {")
    assert forked == outcome_of(benchmark, backend, None)


def test_the_templates_of_a_backend_have_different_seeds_of_hashes_and_their_forks_have_the_same(
    tmp_path: Path,
) -> None:
    benchmark = benchmark_of(tmp_path / "mine.py", "    return hash('any text')\n")
    backend = find_backend("asyncio")
    with Templates([backend, backend], 2) as templates:
        first, again, other = (
            outcome_of(benchmark, backend, templates.of(backend, number)) for number in (0, 0, 1)
        )
    assert first == again != other


def test_trio_orders_tasks_by_other_random_numbers_in_each_fork(tmp_path: Path) -> None:
    benchmark = benchmark_of(
        tmp_path / "mine.py", "    import trio._core._run as run\n    return run._r.random()\n"
    )
    backend = find_backend("trio")
    with Template(backend.loop) as template:
        assert len({outcome_of(benchmark, backend, template) for _ in range(3)}) == 3


def test_a_fork_says_how_it_ended_and_the_next_one_is_unaffected(
    tmp_path: Path, asyncio_template: Template
) -> None:
    backend = find_backend("asyncio")
    killed = benchmark_of(tmp_path / "killed.py", "    os.kill(os.getpid(), 11)\n")
    ended = observe_in_process(killed, backend, PATIENCE, None, asyncio_template).ended
    assert ended is not None
    assert ended.how == "was killed by SIGSEGV"
    assert "killed.py" in ended.output  # faulthandler's stack, on the fork's own standard error
    healthy = benchmark_of(tmp_path / "healthy.py", "    return 1\n")
    assert outcome_of(healthy, backend, asyncio_template) == "returned 1"
    assert asyncio_template.is_running


def test_where_the_template_has_ended_workers_start_afresh(
    tmp_path: Path, asyncio_template: Template
) -> None:
    backend = find_backend("asyncio")
    healthy = benchmark_of(tmp_path / "healthy.py", "    return 1\n")
    assert outcome_of(healthy, backend, asyncio_template) == "returned 1"
    assert asyncio_template.pid is not None
    os.kill(asyncio_template.pid, 9)
    assert outcome_of(healthy, backend, asyncio_template) == "returned 1"
    assert not asyncio_template.is_running


def test_a_template_ends_with_the_run(tmp_path: Path) -> None:
    backend = find_backend("asyncio")
    with Template(backend.loop) as template:
        outcome_of(benchmark_of(tmp_path / "mine.py", "    return 1\n"), backend, template)
        pid = template.pid
    assert not Path(f"/proc/{pid}").exists()


def test_a_process_that_a_fork_leaves_is_counted_and_ended(
    tmp_path: Path, asyncio_template: Template
) -> None:
    body = """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "1000"])
        os._exit(0)
    os.wait()
"""
    process = observe_in_process(
        benchmark_of(tmp_path / "mine.py", body), find_backend("asyncio"), PATIENCE, None, asyncio_template
    )
    assert process.observations[0].observation.leaks.children >= 1
    assert asyncio_template.is_running


def test_only_loops_that_are_known_in_loopcmps_own_environment_are_forked() -> None:
    own = find_backend("uvloop")
    assert can_be_forked(own)
    assert not can_be_forked(Backend(Loop("mine", factory="mine:new_loop"), "gather"))
    assert not can_be_forked(replace(own, environment=EnvironmentSpec("old", "3.11")))
    assert not can_be_forked(replace(own, variables=(("UVLOOP_X", "1"),)))


def test_a_single_case_of_a_backend_needs_no_template() -> None:
    backend = find_backend("asyncio")
    with Templates([backend], 2) as templates:
        assert templates.of(backend, 0) is None
