"""Scenarios with sockets, servers and processes: ready to be timed, and on loopback alone."""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import pytest

from harness.backends.registry import find_backend
from harness.execution.observing import case_spec
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import Turn, Value
from harness.scenario import Scenario
from harness.worker.listing import list_benchmarks
from harness.worker.loading import find_scenario
from scenarios.network.tcp_connections import room_for

PATIENCE = 60.0
"""Seconds in which any worker gets something done, however busy the machine."""

ROWS = [
    row
    for family in ("network", "http", "system")
    for module in import_module(f"scenarios.{family}").MODULES
    for row in list_benchmarks(f"scenarios.{family}.{module}", family)
]
TIMED = [row for row in ROWS if row.timed]
SERVING = [row for row in ROWS if row.family in {"network", "http"}]


def label(row: Benchmark) -> str:
    return row.id


@pytest.mark.workers
@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
@pytest.mark.parametrize("row", TIMED, ids=label)
def test_a_timed_scenario_has_all_its_tasks_before_its_first_iteration(row: Benchmark, loop: str) -> None:
    """A server that accepts its client only during the first iteration would be taken for a leak."""
    job: dict[str, Any] = {"do": "time", "case": asdict(case_spec(row, find_backend(loop)))}
    with Worker(job) as worker:
        assert worker.receive(PATIENCE) == Reply("ready")
        worker.send("turn", Turn(loops=1, seed=0, untimed=0))
        reply = worker.receive(PATIENCE)
    assert isinstance(reply, Reply)
    value = reply.read(Value)
    if row.promise.outcome is not None:
        assert value.result == row.promise.outcome.what


BOUND: list[object] = []
"""Addresses that Python sockets of this process were bound to; an audit hook stays for good."""


def listen_for_binding(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.bind":
        BOUND.append(arguments[1])


@cache
def listen() -> None:
    sys.addaudithook(listen_for_binding)


@contextmanager
def addresses() -> Iterator[list[object]]:
    """The addresses bound inside the block."""
    listen()
    BOUND.clear()
    yield BOUND


def is_first_of_its_scenario(row: Benchmark) -> bool:
    return row == next(other for other in SERVING if other.scenario == row.scenario)


def is_quick(row: Benchmark) -> bool:
    """Whether a scenario is done in a moment: what more connections do, the workers' tests see."""
    return row.family == "network" and is_first_of_its_scenario(row)


SERVED = [
    pytest.param(row, marks=[] if is_quick(row) else pytest.mark.workers, id=label(row)) for row in SERVING
]


@pytest.mark.parametrize("row", SERVED)
def test_nothing_listens_beyond_loopback_or_on_a_port_of_its_own_choice(
    row: Benchmark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with addresses() as bound:
        anyio.run(partial(run_once, find_scenario(row.module, row.scenario), dict(row.parameters)))
    assert bound or "lookup" in row.module
    for address in bound:
        match address:
            case (host, port, *_):
                assert (host, port) == ("127.0.0.1", 0)
            case str(path):
                assert not Path(path).is_absolute()
            case _:
                pytest.fail(f"bound to {address!r}")
    assert list(tmp_path.iterdir()) == []


async def run_once(scenario: Scenario, parameters: dict[str, Any]) -> None:
    """The scenario once on asyncio, as a worker would run it; gather is asyncio's own."""
    if "gather" in scenario.function.__annotations__:
        from asyncio import gather  # noqa: PLC0415

        parameters["gather"] = gather
    told = scenario.function(**parameters)
    if hasattr(told, "__aenter__"):
        async with told as operation:
            await operation()
    else:
        await told


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_and_put_back() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] == resource.RLIM_INFINITY or before[0] == resource.RLIM_INFINITY:
        pytest.skip("no limit of open files here")
    with room_for(before[1] + 1):
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
