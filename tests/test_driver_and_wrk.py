"""The driver makes as many requests as wrk does, of a server that is the slower of the two."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

import pytest

from harness.backends.registry import find_backend
from harness.execution.affinity import avoiding, choose_others, pinned_to
from harness.execution.arms import Arm
from harness.execution.observing import case_spec
from harness.execution.services import Driver, ServiceArm, open_service_arms
from harness.runner.catalog import choose_benchmarks
from tests.arms import PATIENCE
from tests.served import context

pytestmark = [
    pytest.mark.workers,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed"),
]

CONNECTIONS = 32
BAR = 0.05


@contextmanager
def served() -> Iterator[tuple[Driver, int]]:
    """Uvicorn with a parser in Python, which takes five times as long as either client."""
    pytest.importorskip("uvicorn")
    [row] = choose_benchmarks(["uvicorn_plain:http=h11"])
    shared = context(PATIENCE)
    with ExitStack() as stack:
        stack.enter_context(avoiding(shared.cpus))
        [arm] = open_service_arms([Arm("asyncio", case_spec(row, find_backend("asyncio")))], shared, stack)
        assert isinstance(arm, ServiceArm)
        arm.wait_until_ready()
        yield arm.driver, arm.port


def of_the_driver(driver: Driver, requests: int) -> float:
    """Requests a second."""
    driven = driver.ask("asyncio", requests)
    return driven.requests / driven.wall * 1e9


def of_wrk(port: int) -> float:
    with pinned_to(choose_others(context(PATIENCE).cpus)):
        printed = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", "-d1s", f"http://127.0.0.1:{port}/"],  # noqa: S607 - where it is, is the system's business
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    rate = re.search(r"Requests/sec: +([\d.]+)", printed)
    assert rate is not None, printed
    return float(rate[1])


def test_the_driver_has_as_many_answers_a_second_as_wrk() -> None:
    with served() as (driver, port):
        second = round(of_the_driver(driver, 500))
        ratios = [of_the_driver(driver, second) / of_wrk(port) for _ in range(9)]

    assert abs(median(ratios) - 1) <= BAR, ratios
