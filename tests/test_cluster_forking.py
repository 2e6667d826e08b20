"""Each job of a host is done in a process that was forked for it; all of it ends where it is not wanted."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cluster import engine_process, forking
from harness.cluster.frames import read_frame, write_frame
from harness.cluster.job_processes import JobProcess, JobProcesses, command_of
from harness.cluster.jobs import JobWriter
from harness.cluster.replies import Refused, entries_of
from harness.runner.units import Unit
from tests.records import ASYNCIO, begun, fake_benchmark, plan, returned

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

LONGEST = 60.0

RUNS_JOBS = """
import os, signal, subprocess, sys, tempfile, time
from harness.cluster import forking

def reply_to(job, words):
    names = dict(globals())
    exec(job, names)
    return names["reply"].encode()

forking.reply_to, forking.LARGEST_REPLY = reply_to, 1000
forking.load_statistics = lambda: None  # which takes a second, and is of use to no job here
sys.exit(forking.main())
"""
"""A program that does jobs which are Python code."""

TELLS_MODULES = """
import json, os, sys
from harness.cluster import forking, unit

def reply_to(job, words):
    before = set(sys.modules)
    reply = unit.reply_to(job, words)
    new = set(sys.modules) - before
    threads = [os.environ.get(name) for name in forking.THREADS]
    return json.dumps([reply[:1].decode(), sorted(before), sorted(new), os.getppid(), threads]).encode()

forking.reply_to = reply_to
sys.exit(forking.main())
"""
"""A program that does jobs and replies with modules before and new ones, its parent and numpy's variables."""

ENDS_ALONE = """
import sys
from harness.cluster import engine_process

sys.argv[1:] = ["worker"]
try:
    engine_process.main()
except SystemExit as end:
    print(end, "dask" in sys.modules)
"""
"""A program that tells how the engine's worker ends, and whether Dask was imported by then."""

FAMILY = "reply = f'{os.getpid()} {os.getppid()}'"

WAITS = """
with tempfile.TemporaryDirectory() as folder:
    left = subprocess.Popen(["sleep", "100"], start_new_session=True)
    with open(folder + "/pids", "w") as file:
        print(os.getpid(), os.getppid(), left.pid, file=file)
    os.rename(folder + "/pids", PATH)
    time.sleep(100)
"""


def running(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def has_ended(pid: int) -> bool:
    """Wait until a process has ended that is no child of this one; False where it goes on."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([process], [], [], LONGEST)
    os.close(process)
    return bool(ready)


def always() -> bool:
    return True


def numbers(reply: bytes | None) -> list[int]:
    assert reply is not None
    return [*map(int, reply.split())]


@pytest.fixture(scope="module")
def process() -> Iterator[JobProcess]:
    started = JobProcess(running(RUNS_JOBS), "submitter")
    yield started
    started.end()


def test_each_job_has_a_process_of_its_own_and_all_have_one_parent(process: JobProcess) -> None:
    first, second = (numbers(process.reply_to(FAMILY.encode(), always)) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert not is_there(first[0])
    assert not is_there(second[0])


def test_what_a_job_prints_is_no_part_of_its_reply(process: JobProcess) -> None:
    job = b"print('printed', flush=True); os.write(1, b'written'); reply = sys.stdin.read() + 'replied'"
    assert process.reply_to(job, always) == b"replied"


def test_what_a_job_leaves_running_has_ended_before_its_reply_is_there(process: JobProcess) -> None:
    job = b"reply = str(subprocess.Popen(['sleep', '100'], start_new_session=True).pid)"
    [left] = numbers(process.reply_to(job, always))
    assert not is_there(left)


def test_a_job_whose_process_is_killed_is_refused_in_words_and_the_next_one_is_done(
    process: JobProcess,
) -> None:
    parent = numbers(process.reply_to(FAMILY.encode(), always))[1]
    reply = process.reply_to(b"os.kill(os.getpid(), signal.SIGKILL)", always)
    assert entries_of(reply, "a") == Refused("the process that measured it ended before it had replied")
    assert numbers(process.reply_to(FAMILY.encode(), always))[1] == parent


def test_a_reply_of_more_bytes_than_a_unit_has_is_refused_in_words(process: JobProcess) -> None:
    assert process.reply_to(b"reply = 'x' * 1000", always) == b"x" * 1000
    refused = entries_of(process.reply_to(b"reply = 'x' * 1001", always), "a")
    assert refused == Refused("the unit came to more than 1000 bytes")


def interrupted(path: Path, then: Callable[[list[int]], bool]) -> list[int]:
    """Begin a job that waits, do something once it has said which its processes are, and return these."""
    process = JobProcess(running(RUNS_JOBS), "submitter")

    def wanted() -> bool:
        return not path.exists() or then(numbers(path.read_bytes()))

    try:
        assert process.reply_to(WAITS.replace("PATH", repr(str(path))).encode(), wanted) is None
    finally:
        process.end()
    return numbers(path.read_bytes())


def test_a_job_that_is_not_wanted_any_more_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    pids = interrupted(tmp_path / "pids", lambda _: False)
    assert len(pids) == 3
    assert [pid for pid in pids if is_there(pid)] == []
    assert [path.name for path in tmp_path.iterdir()] == ["pids"]  # the job's folder is put away


def test_a_job_ends_with_the_process_that_forked_it(tmp_path: Path) -> None:
    def kill(pids: list[int]) -> bool:
        with suppress(ProcessLookupError):
            os.kill(pids[1], signal.SIGKILL)
        return True

    job, parent, left = interrupted(tmp_path / "pids", kill)
    os.kill(left, signal.SIGKILL)
    assert has_ended(job)
    assert has_ended(parent)


def test_jobs_of_one_submitter_have_one_parent_and_those_of_another_have_a_new_one() -> None:
    processes = JobProcesses(running(RUNS_JOBS))
    families = [numbers(processes.reply_to(FAMILY.encode(), name, always)) for name in ("a", "a", "b")]
    parents = [parent for _, parent in families]
    assert parents[0] == parents[1] != parents[2]
    assert not is_there(parents[0])
    os.kill(parents[2], signal.SIGKILL)
    assert has_ended(parents[2])
    assert numbers(processes.reply_to(FAMILY.encode(), "b", always))[1] not in parents
    processes.end()


def test_a_job_that_is_ended_since_nobody_wants_it_is_refused_in_other_words() -> None:
    processes = JobProcesses(running(RUNS_JOBS))
    refused = entries_of(processes.reply_to(b"time.sleep(100)", "a", lambda: False), "a")
    assert refused == Refused("its host ended it, for the submitter had gone or was not heard of any more")


def test_a_unit_is_forked_with_one_thread_and_loads_neither_ours_nor_statistics_anew_nor_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = (None, "3", None)
    for name, value in zip(forking.THREADS, given, strict=True):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    empty = replace(fake_benchmark("empty", returned(1), timed=False), only="trio")
    job = JobWriter(begun(plan(empty, on=[ASYNCIO]))).measuring(Unit(("empty",)))
    process = JobProcess(running(TELLS_MODULES), "submitter")
    reply = process.reply_to(job, always)
    assert reply is not None
    kind, before, new, parent, threads = json.loads(reply)
    assert len([*Path(f"/proc/{parent}/task").iterdir()]) == 1
    process.end()
    assert kind == "+"
    assert {"harness.runner.measuring", "scipy.stats"} <= {*before}
    assert tuple(threads) == given
    assert {"dask", "distributed", "tornado"}.isdisjoint([*before, *new])
    assert [name for name in new if name.startswith("harness")] == []


def test_what_a_host_starts_for_its_jobs_does_them() -> None:
    process = JobProcess(command_of(str(min(os.sched_getaffinity(0)))), "submitter")
    for _ in range(2):
        refused = entries_of(process.reply_to(b"no job", always), "a")
        assert isinstance(refused, Refused)
        assert refused.reason.startswith("what was sent is no job of this loopcmp")
    process.end()


def test_a_program_of_the_engine_whose_starter_has_gone_ends_before_it_imports_dask() -> None:
    program = subprocess.Popen(
        running(ENDS_ALONE),
        env={**os.environ, engine_process.STARTER: "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.communicate(timeout=LONGEST)[0] == "the parent has gone False\n"


def test_content_that_is_cut_short_on_a_pipe_is_none() -> None:
    reader, writer = os.pipe()
    write_frame(writer, b"")
    write_frame(writer, b"whole")
    os.write(writer, (5).to_bytes(8, "big") + b"half")
    os.close(writer)
    assert [read_frame(reader) for _ in range(4)] == [b"", b"whole", None, None]
    os.close(reader)
