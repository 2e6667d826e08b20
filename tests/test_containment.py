"""What a worker may use, and what it started: known as its own, ended with it, and nobody else's touched."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.analysis.verdicts import judge
from harness.backends.registry import find_backend
from harness.execution import containment, orphans
from harness.execution.containment import Containment
from harness.execution.control_group import ControlGroup, own_group
from harness.execution.listing import list_benchmarks
from harness.execution.observing import observe_in_process
from harness.execution.orphans import worker_starting
from harness.execution.owned_folders import WORKERS, owned_folder, remove_what_the_dead_left
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


def orphaned(folder: Path, number: int, program: str = ORPHAN) -> Containment:
    """A worker of a kind that has ended and left a process in a session of its own."""
    with worker_starting():
        worker = subprocess.Popen(
            [sys.executable, "-c", f"input()\n{program}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        taken = Containment(worker.pid, str(folder / str(number)))
    with worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
        assert worker.stdout.read(1) == b"."
    return taken


def test_each_workers_orphans_end_with_it_and_nobody_elses(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    before = set(orphans.adopted())
    first, second = orphaned(tmp_path, 1), orphaned(tmp_path, 2)
    assert len(set(orphans.adopted()) - before) == 2
    first.end_descendants()
    assert len(set(orphans.adopted()) - before) == 1
    second.end_descendants()
    assert set(orphans.adopted()) == before
    assert sleeper.poll() is None


def test_this_process_adopts_no_orphans_once_the_last_worker_has_ended(tmp_path: Path) -> None:
    orphaned(tmp_path, 1).end_descendants()
    before = orphans.adopted()
    words = [sys.executable, "-c", "import os, time\nif os.fork(): os._exit(0)\ntime.sleep(0.5)"]
    subprocess.run(words, check=True)
    assert orphans.adopted() == before


def test_a_worker_has_a_limit_of_its_own_and_the_system_ends_it_first(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    with worker_starting():
        taken = Containment(sleeper.pid, str(tmp_path), memory=2**30)
    soft, hard = resource.prlimit(sleeper.pid, resource.RLIMIT_DATA)
    assert 2**30 - 2**20 < soft == hard <= 2**30
    assert 900 < int(Path(f"/proc/{sleeper.pid}/oom_score_adj").read_text()) <= 1000
    sleeper.kill()
    sleeper.wait()
    taken.end_descendants()


def test_the_limit_is_a_share_of_the_machines_memory() -> None:
    has = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < containment.memory_limit() <= has * containment.MEMORY_SHARE


EVADER = """
import os, resource, signal, sys
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
resource.setrlimit(resource.RLIMIT_DATA, (2**29 + 1, 2**29 + 1))
os.execve(sys.executable, [sys.executable, "-c", "import os, signal; os.write(1, b'.'); signal.pause()"], {})
"""
"""A daemon that forks twice, has a session, a limit and an environment of its own."""

HIDDEN = EVADER.replace("os.execve", "open('/proc/self/oom_score_adj', 'w').write('1000')\nos.execve")
"""The same, which looks like no worker of ours in any way."""


@pytest.fixture(params=["a control group", "no control group"])
def _groups(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which a worker's own are known; the first where the system lets us make one."""
    if request.param == "no control group":
        monkeypatch.setattr(ControlGroup, "around", lambda _: None)
    elif own_group() is None:
        pytest.skip("no control group can be made here")


@pytest.mark.usefixtures("_groups")
def test_a_daemon_ends_with_its_worker_whatever_it_changes(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    before = set(orphans.adopted())
    plain, evader = orphaned(tmp_path, 1), orphaned(tmp_path, 2, EVADER)
    evader.end_descendants()
    assert len(set(orphans.adopted()) - before) == 1
    plain.end_descendants()
    assert set(orphans.adopted()) == before
    assert sleeper.poll() is None


@pytest.mark.usefixtures("_groups")
def test_a_daemon_that_nobody_can_tell_whose_it_is_ends_with_the_last_worker(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    before = set(orphans.adopted())
    hidden, plain = orphaned(tmp_path, 1, HIDDEN), orphaned(tmp_path, 2)
    hidden.end_descendants()
    plain.end_descendants()
    assert set(orphans.adopted()) == before
    assert sleeper.poll() is None


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("name", ["daemon_of_one", "daemon_of_every"])
def test_a_daemon_that_a_scenario_leaves_is_counted_among_what_it_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(DAEMONS)
    benchmark = next(one for one in list_benchmarks([("mine.py", "mine")]) if one.scenario == name)
    seen = observe_in_process(benchmark, find_backend("asyncio"), 60)
    assert seen.ended is None
    for counted in seen.observations:
        assert counted.observation.leaks.children == 1
        assert any("signal.pause" in words for words in counted.observation.leaks.details)
    verdict = judge(benchmark, "asyncio+gather", "3.13", (seen,), None)
    assert verdict.blemish == "leaves 1 child process a loop"
    assert not any("signal.pause" in orphans.command_of(pid) for pid in orphans.adopted())


DAEMONS = f"""
import os, subprocess, sys
from harness.scenario import scenario

EVADER = {EVADER!r}

def leave():
    with subprocess.Popen([sys.executable, "-c", EVADER], stdout=subprocess.PIPE) as left:
        assert left.stdout.read(1) == b"."

@scenario(returns=1)
async def daemon_of_every():
    leave()
    return 1

@scenario(returns=1)
async def daemon_of_one():
    place = os.environ["TMPDIR"] + "-" + str(os.getpid())
    if not os.path.exists(place):
        open(place, "w").close()
        leave()
    return 1
"""


# What a dead parent left.

MOTHER = """
import os, subprocess, sys, tempfile
from harness.execution.owned_folders import WORKERS, owned_folder
folder = owned_folder(WORKERS)
environment = {"TMPDIR": folder.name, "PATH": os.environ["PATH"]}
child = subprocess.Popen(["sleep", "600"], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
print(folder.name, child.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_next_start_removes_what_a_dead_parent_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    died = subprocess.run(
        [sys.executable, "-c", MOTHER],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        check=False,
    )
    left, pid = died.stdout.decode().split()
    others = [tmp_path / name for name in ("loopcmp-abcd1234", "loopcmp-1-1-1-abcdefgh", "mine")]
    for other in others:
        other.mkdir()
    link = tmp_path / Path(left).name.replace("loopcmp-", "loopcmp-9")
    link.symlink_to(others[2])
    own = owned_folder(WORKERS)
    assert Path(left).is_dir()
    assert Path(f"/proc/{pid}").exists()
    remove_what_the_dead_left(parent=tmp_path)
    assert not Path(left).exists()
    assert orphans.command_of(int(pid)) == ""
    assert all(path.exists() for path in (*others, link, Path(own.name)))
    own.cleanup()


def test_a_run_in_the_background_for_which_the_shell_ignores_interrupts_tries_ctrl_c_all_the_same(
    tmp_path: Path,
) -> None:
    typed = f"trap '' INT; exec {LOOPCMP} check anyio_interrupt -b asyncio --no-progress"
    done = subprocess.run(
        ["sh", "-c", typed],  # noqa: S607
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
