"""Whatever is killed or cut of a cluster, every case and round is measured once, and nothing is left running.

Each test takes minutes: `pytest -m slow tests/test_cluster_losses.py`.
"""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records import store
from harness.records.entries import UnitFinished
from tests.cables import Link
from tests.real_clusters import (
    Cluster,
    assert_once_and_whole,
    cluster_in,
    running_in,
    wait_until,
)

pytestmark = [pytest.mark.slow, pytest.mark.workers]

PROCESS, CABLE = 5.0, 60.0
"""The seconds within which everything of a unit has ended whose wanter was killed, or cut off."""

LONGEST = 400.0
WORKER, HOST, UNIT = "engine_process worker", "loopcmp host", "harness.cluster.forking"


def some_seconds(chooser: random.Random) -> None:
    time.sleep(chooser.uniform(0.0, 15.0))


def units_done(cluster: Cluster) -> int:
    """The units that a run has on disk so far."""
    if not (cluster.folder / "results").exists():
        return 0
    return sum(isinstance(entry, UnitFinished) for entry in store.read_journal(cluster.record)[1])


@pytest.fixture
def chooser(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.node.name)


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """Nothing of a test's cluster runs 60 s after it."""
    yield
    wait_until(lambda: not running_in(tmp_path), CABLE)


def finish(cluster: Cluster, run: "subprocess.Popen[bytes]") -> None:
    assert run.wait(LONGEST) == 0, (cluster.folder / "submitter.log").read_text()


@pytest.mark.parametrize("word", [WORKER, HOST, UNIT])
def test_a_unit_whose_host_is_killed_at_some_moment_begins_again(
    tmp_path: Path, chooser: random.Random, word: str
) -> None:
    with cluster_in(tmp_path) as cluster:
        run = cluster.run()
        wait_until(lambda: cluster.units() and units_done(cluster) > 0)
        some_seconds(chooser)
        if cluster.kill_one_of(word, chooser) and word == HOST:
            cluster.add_host()
        finish(cluster, run)
        assert_once_and_whole(cluster.record)


def test_a_submitter_that_is_killed_is_resumed_and_its_units_end_at_once(
    tmp_path: Path, chooser: random.Random
) -> None:
    with cluster_in(tmp_path) as cluster:
        run = cluster.run()
        wait_until(lambda: cluster.units() and units_done(cluster) > 0)
        some_seconds(chooser)
        run.send_signal(signal.SIGKILL)
        run.wait()
        wait_until(lambda: not cluster.units(), PROCESS)
        if units_done(cluster) < 6:
            finish(cluster, cluster.resume())
        assert_once_and_whole(cluster.record)


def test_the_units_of_a_host_whose_cable_is_cut_end_and_begin_again_on_another(
    tmp_path: Path, chooser: random.Random
) -> None:
    with cluster_in(tmp_path, hosts=0) as cluster:
        link = Link(cluster.port)
        cluster.add_host(link)
        run = cluster.run()
        wait_until(lambda: cluster.units() and units_done(cluster) > 0)
        some_seconds(chooser)
        link.pull()
        wait_until(lambda: not cluster.units(), CABLE)
        cluster.add_host()
        finish(cluster, run)
        assert_once_and_whole(cluster.record)
        link.close()
