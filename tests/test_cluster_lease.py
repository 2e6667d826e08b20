"""A host ends a unit whose submitter has gone, or is cut off, once the submitter's lease has run out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from harness.cluster.job_processes import TICK
from harness.cluster.on_host import LEASE, LOOK, RENEWAL, Watch

if TYPE_CHECKING:
    from distributed import Worker

KEY = "job"


@dataclass
class Host:
    """The engine's worker on a host; the scheduler tells it values of the lease until the cable is cut."""

    values: Iterator[object]
    seconds: float = 0.0
    state: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(tasks={KEY: SimpleNamespace(state="executing")})
    )
    status: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(name="running"))

    def clock(self) -> float:
        return self.seconds

    def value_of_lease(self) -> object:
        value = next(self.values, None)
        if value is None:
            self.seconds += LOOK
        return value


@pytest.fixture
def host() -> Host:
    """A host whose submitter renews its lease before every look."""
    return Host(count())


def watched(host: Host, most: float) -> float:
    """The seconds for which a job is wanted, looked at as one that is done is."""
    watch = Watch(cast("Worker", host), KEY, host.value_of_lease, clock=host.clock)
    while watch.still_wanted() and host.seconds < most:
        host.seconds += TICK
    return host.seconds


def test_a_job_is_wanted_for_as_long_as_its_submitter_renews_its_lease(host: Host) -> None:
    assert watched(host, 100 * LEASE) >= 100 * LEASE


def test_a_job_whose_cable_is_cut_is_not_wanted_any_more_once_the_lease_has_run_out(host: Host) -> None:
    host.values = iter([1, 2, 3])
    assert 3 * RENEWAL + LEASE <= watched(host, 100 * LEASE) <= 3 * RENEWAL + LEASE + LOOK + TICK


def test_a_job_whose_submitter_has_gone_without_a_word_is_not_wanted_either(host: Host) -> None:
    host.values = iter([1] * 100)
    assert watched(host, 100 * LEASE) <= RENEWAL + LEASE + RENEWAL


@pytest.mark.parametrize("state", ["cancelled", "released", "missing"])
def test_a_job_that_the_engine_has_cancelled_is_not_wanted(host: Host, state: str) -> None:
    host.state.tasks[KEY].state = state
    assert watched(host, 100 * LEASE) == 0
    del host.state.tasks[KEY]
    assert watched(host, 100 * LEASE) == 0


def test_a_job_on_a_worker_that_leaves_is_not_wanted(host: Host) -> None:
    host.status.name = "closing"
    assert watched(host, 100 * LEASE) == 0
