"""What a worker may use, and what it started: known as its own, ended with it, and nobody else's touched."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.execution import containment
from harness.execution.containment import Containment
from tests.command_line import LOOPCMP, PATIENCE

pytestmark = [
    pytest.mark.workers,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans"),
]

ORPHAN = "import os, signal\nif os.fork(): os._exit(0)\nos.setsid()\nos.write(1, b'.')\nsignal.pause()"


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A child of this process that is no worker."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:  # noqa: S607
        yield process
        process.kill()


def orphaned(folder: Path, number: int) -> Containment:
    """A worker of a kind that has ended and left a process in a session of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", f"input()\n{ORPHAN}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        taken = Containment(worker.pid, str(folder / str(number)))
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
        assert worker.stdout.read(1) == b"."
    return taken


def test_each_workers_orphans_end_with_it_and_nobody_elses(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    before = set(containment.adopted_processes())
    first, second = orphaned(tmp_path, 1), orphaned(tmp_path, 2)
    assert len(set(containment.adopted_processes()) - before) == 2
    first.end_descendants()
    assert len(set(containment.adopted_processes()) - before) == 1
    second.end_descendants()
    assert set(containment.adopted_processes()) == before
    assert sleeper.poll() is None


def test_this_process_adopts_no_orphans_once_the_last_worker_has_ended(tmp_path: Path) -> None:
    orphaned(tmp_path, 1).end_descendants()
    before = containment.adopted_processes()
    words = [sys.executable, "-c", "import os, time\nif os.fork(): os._exit(0)\ntime.sleep(0.5)"]
    subprocess.run(words, check=True)
    assert containment.adopted_processes() == before


def test_a_worker_has_a_limit_of_its_own_and_the_system_ends_it_first(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    taken = Containment(sleeper.pid, str(tmp_path), memory=2**30)
    soft, hard = resource.prlimit(sleeper.pid, resource.RLIMIT_DATA)
    assert 2**30 - 2**20 < soft == hard <= 2**30
    assert Path(f"/proc/{sleeper.pid}/oom_score_adj").read_text() == "1000\n"
    sleeper.kill()
    sleeper.wait()
    taken.end_descendants()


def test_the_limit_is_a_share_of_the_machines_memory() -> None:
    has = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < containment.memory_limit() <= has * containment.MEMORY_SHARE


def test_a_run_in_the_background_for_which_the_shell_ignores_interrupts_tries_ctrl_c_all_the_same(
    tmp_path: Path,
) -> None:
    typed = f"trap '' INT; exec {LOOPCMP} check anyio_interrupt -b asyncio --no-progress"
    done = subprocess.run(
        ["sh", "-c", typed],  # noqa: S607
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
