"""What a worker may do to its parent, and what the parent sees of it: real workers, hostile modules."""

import itertools
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from textwrap import dedent, indent

import pytest

from harness.backends.registry import find_backend
from harness.execution.observing import case_spec, observe_in_process
from harness.execution.output import KEPT_OUTPUT
from harness.execution.process import Worker
from harness.execution.reply import Reply
from harness.execution.waiting import Stopwatch
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Outcome
from harness.protocol.observations import Leaks, ProcessObservations, WorkerExit
from harness.worker.describing import Describer

pytestmark = pytest.mark.workers

PATIENCE = 60.0
"""Seconds in which any worker gets something done, however busy the machine."""

HEAD = """
import os, signal, subprocess, sys, threading, time
from pathlib import Path
from harness.scenario import scenario

REPLIES = int(sys.argv[2])
Path(__file__).with_name("where").write_text(f"{os.getpid()} {os.getcwd()}")
looks = 0

@scenario()
async def probe():
    global looks
    looks += 1
"""

ASYNCIO = find_backend("asyncio")

Observe = Callable[..., ProcessObservations]


@pytest.fixture(autouse=True)
def cpus_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a worker ends must not hang on what else runs here: as far as is known, none waits for a CPU."""
    monkeypatch.setattr("harness.execution.waiting.seconds_without_a_cpu", lambda _: 0.0)


def benchmark_of(folder: Path, body: str) -> Benchmark:
    """The row of a scenario with this body, in a user's module in this folder."""
    path = folder / "hostile.py"
    path.write_text(HEAD + indent(dedent(body), "    "))
    return Benchmark("probe", "user", str(path), "", "hostile.py:12")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a hostile module is; whatever it did, nothing of its worker is left when the test ends."""
    before = sorted(os.listdir("/dev/fd"))  # noqa: PTH208 - only names are wanted
    yield tmp_path
    session, workers_folder = (tmp_path / "where").read_text().split()
    assert sorted(os.listdir("/dev/fd")) == before  # noqa: PTH208
    assert not Path(workers_folder).exists()
    assert not [pid for pid in in_session(int(session)) if not ends(pid)]


def in_session(session: int) -> Iterator[int]:
    """The processes of a session that still run, as far as the system tells."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, theirs, *_ = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(theirs) == session and state != "Z":
            yield int(stat.parent.name)


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone at last."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], 5)
    os.close(process)
    return bool(ended)


def observe(folder: Path, body: str, timeout: float = PATIENCE) -> ProcessObservations:
    return observe_in_process(benchmark_of(folder, body), ASYNCIO, timeout)


def end_of(sighting: ProcessObservations) -> WorkerExit:
    assert sighting.ended is not None, sighting
    return sighting.ended


def hung_after_the_first_look(folder: Path, body: str) -> WorkerExit:
    """How a worker ends that says nothing more for a second after its first look."""
    row = benchmark_of(folder, "if looks == 1:\n    return\n" + dedent(body))
    with Worker({"do": "observe", "case": asdict(case_spec(row, ASYNCIO))}) as worker:
        first = worker.receive(PATIENCE)
        assert not isinstance(first, WorkerExit), first
        end = worker.receive(1.0)
    assert isinstance(end, WorkerExit)
    return end


EXITED = "exited with status {} before it had answered"

ENDS = {
    "SIGSEGV": ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
    "abort": ("os.abort()", "was killed by SIGABRT"),
    "a nameless signal": (
        "os.kill(os.getpid(), signal.SIGRTMIN + 1)",
        f"was killed by signal {signal.SIGRTMIN + 1}",
    ),
    "exit 0": ("os._exit(0)", EXITED.format(0)),
    "exit 1": ("os._exit(1)", EXITED.format(1)),
    "rubbish": (r"os.write(REPLIES, b'rubbish\n')", "wrote what is no message: b'rubbish'"),
    "an empty message": (r"os.write(REPLIES, b'{}\n')", "wrote what is no message: b'{}'"),
    "much rubbish": (r"os.write(REPLIES, b'x' * 99 + b'\n')", f"wrote what is no message: {b'x' * 80!r}"),
    "a huge message": (
        "for _ in range(17): os.write(REPLIES, b'x' * 2**20)",
        "wrote more than a message may hold",
    ),
    "closes its replies": ("os.close(REPLIES)", EXITED.format(1)),
    "closes both pipes": ("os.closerange(3, REPLIES + 1)", EXITED.format(1)),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_a_worker_ended_is_a_whole_predicate(folder: Path, name: str) -> None:
    body, how = ENDS[name]
    ended = end_of(observe(folder, body))
    assert (ended.how, ended.timed_out) == (how, False)


def test_a_message_that_is_no_observation_ends_the_worker(folder: Path) -> None:
    ended = end_of(observe(folder, """os.write(REPLIES, b'{"kind": "seen", "message": 5}\\n')"""))
    assert ended.how.startswith("wrote what is no observation: Expected `object`, got `int`")


def test_a_segmentation_fault_leaves_its_stack_as_evidence(folder: Path) -> None:
    said = end_of(observe(folder, "os.kill(os.getpid(), signal.SIGSEGV)")).output
    assert "Fatal Python error: Segmentation fault" in said
    assert 'hostile.py", line 14 in probe' in said


def test_what_was_seen_before_a_crash_is_kept(folder: Path) -> None:
    sighting = observe(folder, "if looks == 3:\n    os.abort()\nreturn 'fine'")
    [seen] = sighting.observations
    assert seen.observation.outcome == Outcome("returned", Describer().describe("fine"))
    assert seen.times == 2
    assert end_of(sighting).how == "was killed by SIGABRT"


def test_an_endless_loop_is_ended_in_time_with_its_stack_as_evidence(folder: Path) -> None:
    ended = end_of(observe(folder, "while True: pass", timeout=3))
    assert (ended.how, ended.timed_out) == ("was not done after 3 s", True)
    [thread, *_] = ended.waiting
    assert thread.name == "the loop's thread"
    assert [str(frame) for frame in thread.frames] == ["hostile.py:14 in probe: while True: pass"]
    assert ended.output == ""


def test_a_hang_in_c_code_has_the_stack_that_python_could_not_give(folder: Path) -> None:
    body = "import itertools\nsum(itertools.repeat(0))"
    ended = end_of(observe(folder, body, timeout=3))
    assert ended.waiting == ()
    assert 'hostile.py", line 15 in probe' in ended.output
    assert "Fatal Python error" not in ended.output


def test_a_hang_says_at_which_line_each_task_waits(folder: Path) -> None:
    ended = end_of(observe(folder, "import anyio\nawait anyio.Event().wait()", timeout=3))
    places = [str(frame) for task in ended.waiting for frame in task.frames if frame.own]
    assert "hostile.py:15 in probe: await anyio.Event().wait()" in places
    assert "Aborted" not in ended.output


@pytest.mark.parametrize(
    "body",
    [
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
        "signal.signal(signal.SIGABRT, signal.SIG_IGN)\nwhile True: pass",
        "os.kill(os.getpid(), signal.SIGSTOP)",
        "os.closerange(0, REPLIES + 1)\nwhile True: pass",
        "os.fork()\nwhile True: pass",
    ],
    ids=["ignores SIGTERM", "ignores SIGABRT", "stops itself", "closes everything", "forks"],
)
def test_a_worker_that_does_not_want_to_end_is_ended(folder: Path, body: str) -> None:
    ended = hung_after_the_first_look(folder, body)
    assert (ended.how, ended.timed_out) == ("gave no answer for 1 s", True)


def test_of_a_flood_only_the_end_is_kept(folder: Path) -> None:
    said = end_of(observe(folder, """
        for _ in range(64):
            os.write(1, b"o" * KEPT)
            os.write(2, b"e" * KEPT)
        os.write(1, b"the last of output")
        os.write(2, b"the last of errors")
        os._exit(3)
    """.replace("KEPT", str(KEPT_OUTPUT)))).output  # fmt: skip
    errors, output = said.split("\n")
    assert len(errors) == len(output) == KEPT_OUTPUT
    assert errors.endswith("ethe last of errors")
    assert output.endswith("othe last of output")


def test_a_flood_does_not_keep_a_scenario_from_being_seen(folder: Path) -> None:
    sighting = observe(folder, "for _ in range(16): os.write(1 + looks % 2, b'x' * 2**16)")
    assert (len(sighting.observations), sighting.ended) == (1, None)


def test_a_grandchild_that_holds_our_pipes_does_not_keep_us_waiting(folder: Path) -> None:
    ended = end_of(observe(folder, "if os.fork() == 0:\n    signal.pause()\nos._exit(0)"))
    assert (ended.how, ended.timed_out) == (EXITED.format(0), False)


def test_a_grandchild_that_floods_our_pipes_does_not_keep_us_waiting(folder: Path) -> None:
    ended = end_of(observe(folder, """
        if os.fork() == 0:
            while True: os.write(1, b"x" * 65536)
        os._exit(0)
    """))  # fmt: skip
    assert (ended.how, ended.timed_out) == (EXITED.format(0), False)


def test_a_child_that_a_scenario_leaves_behind_is_seen_and_ended(folder: Path) -> None:
    sighting = observe(folder, "if looks == 1 and os.fork() == 0:\n    signal.pause()")
    assert sighting.ended is None
    assert [seen.observation.leaks for seen in sighting.observations] == [Leaks(children=1), Leaks()]


def test_files_that_a_scenario_leaves_behind_go_with_its_folder(folder: Path) -> None:
    sighting = observe(folder, """
        import tempfile
        Path("deep/er").mkdir(parents=True, exist_ok=True)
        Path("deep/er/still").write_text("x")
        Path("deep").chmod(0)
        return Path(tempfile.gettempdir()) == Path.cwd()
    """)  # fmt: skip
    [seen] = sighting.observations
    assert str(seen.observation.outcome) == "returned True"


def test_a_worker_that_removes_its_folder_is_no_trouble(folder: Path) -> None:
    sighting = observe(folder, "if looks == 1: os.rmdir(os.getcwd())")
    assert (len(sighting.observations), sighting.ended) == (1, None)


WRITES_ON = r"""
    escaped.write_text(f"{os.getpid()}\n")
    for number in range(10**9): Path(str(number)).touch()
"""

ESCAPES = {
    "leaves the session": "os.setsid()" + WRITES_ON,
    "is a daemon": "if os.fork(): os._exit(0)\n    os.setsid()\n    if os.fork(): os._exit(0)" + WRITES_ON,
    "clears its environment": (
        "os.setsid(); os.execve('/bin/sh', ['sh', '-c', 'echo $$ > \"$0\"; sleep 600', str(escaped)], {})"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
@pytest.mark.parametrize("name", ESCAPES)
def test_a_descendant_that_got_away_is_ended_with_its_worker(folder: Path, name: str) -> None:
    body = f"""
escaped = Path(__file__).with_name("escaped")
escaped.touch()
if os.fork() == 0:
    {ESCAPES[name]}
while not escaped.read_text().endswith("\\n"): pass
os._exit(0)
"""
    assert end_of(observe(folder, body)).how == EXITED.format(0)
    assert ends(int((folder / "escaped").read_text()))


def test_the_environment_is_built_and_not_inherited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONDEVMODE": "1",
        "PYTHONWARNINGS": "error",
        "PYTHONPATH": str(folder),
        "LOOPCMP_SECRET": "x",
    }.items():
        monkeypatch.setenv(name, value)
    sighting = observe(folder, """
        import asyncio
        inherited = sorted(name for name in os.environ if name.startswith(("PYTHON", "LOOPCMP")))
        flags = [sys.flags.dev_mode, sys.flags.safe_path, asyncio.get_running_loop().get_debug()]
        return [inherited, sys.warnoptions, *flags, sys.stdin.read()]
    """)  # fmt: skip
    [seen] = sighting.observations
    assert str(seen.observation.outcome) == "returned [[], [], False, True, False, '']"


def test_a_folder_called_harness_beside_the_users_module_is_not_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "harness").mkdir()
    for name in ("__init__", "scenario", "estimate"):
        (folder / f"harness/{name}.py").write_text("raise RuntimeError('not ours')")
    monkeypatch.chdir(folder)
    sighting = observe(folder, "import harness.errors\nreturn harness.DISTRIBUTION")
    [seen] = sighting.observations
    assert str(seen.observation.outcome) == "returned 'loopcmp'"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot pin")
def test_a_worker_is_pinned_with_every_thread_and_its_parent_is_not(folder: Path) -> None:
    ours = os.sched_getaffinity(0)
    cpu = max(ours)
    row = benchmark_of(folder, """
        seen = [os.sched_getaffinity(int(task)) for task in os.listdir("/proc/self/task")]
        return [sorted(cpus) for cpus in seen]
    """)  # fmt: skip
    job: dict[str, object] = {"do": "observe", "case": asdict(case_spec(row, ASYNCIO))}
    with Worker(job, frozenset({cpu})) as worker:
        assert os.sched_getaffinity(0) == ours
        reply = worker.receive(PATIENCE)
    assert not isinstance(reply, WorkerExit)
    assert reply.message["observation"]["outcome"]["what"]["parts"][0]["parts"][0]["text"] == str(cpu)


def test_talking_to_a_worker_that_has_gone_is_found_out_when_listening(folder: Path) -> None:
    with Worker(
        {"do": "observe", "case": asdict(case_spec(benchmark_of(folder, "os._exit(0)"), ASYNCIO))}
    ) as worker:
        assert isinstance(worker.receive(PATIENCE), WorkerExit)
        worker.send("turn", {"loops": 1})
        again = worker.receive(PATIENCE)
    assert again == WorkerExit(EXITED.format(0))


def test_an_error_in_the_parent_ends_the_worker_too(folder: Path) -> None:
    job: dict[str, object] = {
        "do": "observe",
        "case": asdict(case_spec(benchmark_of(folder, "return looks"), ASYNCIO)),
    }

    def interrupted() -> None:
        with Worker(job) as worker:
            worker.receive(PATIENCE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()


def test_a_run_that_is_interrupted_ends_a_worker_at_once(folder: Path) -> None:
    row = benchmark_of(folder, "if looks == 2:\n    while True: pass")
    stop = threading.Event()
    with Worker({"do": "observe", "case": asdict(case_spec(row, ASYNCIO))}, stop=stop) as worker:
        assert not isinstance(worker.receive(PATIENCE), WorkerExit)
        stop.set()
        ended = worker.receive(PATIENCE)
    assert ended == WorkerExit("was ended, for the run was interrupted")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_worker_in_an_endless_loop_ends_with_a_parent_that_is_killed(folder: Path) -> None:
    row = benchmark_of(folder, "if looks == 2:\n    while True: pass")
    code = f"""
        from harness.execution.process import Worker
        worker = Worker({{"do": "observe", "case": {asdict(case_spec(row, ASYNCIO))!r}}})
        worker.receive({PATIENCE})
        print(flush=True)
        input()
    """
    words = [sys.executable, "-P", "-c", dedent(code)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"\n"
        parent.kill()
    session, workers_folder = (folder / "where").read_text().split()
    ended = ends(int(session))
    with suppress(ProcessLookupError):
        os.kill(int(session), signal.SIGKILL)
    shutil.rmtree(workers_folder)  # nobody was left to do it
    assert ended


def test_a_job_that_nobody_knows_is_told_on_standard_error() -> None:
    with Worker({"do": "dance"}) as worker:
        ended = worker.receive(PATIENCE)
    assert isinstance(ended, WorkerExit)
    assert ended.how == EXITED.format(1)
    assert ended.output.endswith("ValueError: no such job: {'do': 'dance'}")


OBSERVES = """
import sys
from harness.backends.registry import find_backend
from harness.execution.observing import observe_in_process
from harness.protocol.benchmarks import Benchmark

benchmark = Benchmark("probe", "user", sys.argv[1], "", "hostile.py:12")
seen = observe_in_process(benchmark, find_backend("asyncio"), 6.0)
print(seen.ended, seen.unmeasured, sum(count.times for count in seen.observations) >= 2)
"""


STOPS_ITS_PARENT = """
once = Path(__file__).with_name("once")
if not once.exists():
    once.touch()
    parent = os.getppid()
    os.kill(parent, signal.SIGSTOP)
    time.sleep(8)
    os.kill(parent, signal.SIGCONT)
"""


def test_a_parent_that_is_stopped_for_longer_than_the_deadline_ends_no_worker(folder: Path) -> None:
    row = benchmark_of(folder, STOPS_ITS_PARENT)
    words = [sys.executable, "-c", OBSERVES, row.module]
    printed = subprocess.check_output(words, text=True, timeout=PATIENCE)
    assert (folder / "once").exists()
    assert printed.split() == ["None", "None", "True"]


def test_a_worker_that_was_given_no_cpu_says_nothing_of_its_backend(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = itertools.chain([0.0, 0.0], itertools.repeat(30.0))
    monkeypatch.setattr("harness.execution.waiting.seconds_without_a_cpu", lambda _: next(waited))
    seen = observe(folder, "while True: pass", timeout=3)
    assert seen.ended is None
    assert seen.unmeasured == "waited 30 s for a CPU within a time limit of 3 s: end other programs"


def test_a_wait_for_a_cpu_before_an_answer_counts_as_one_after_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_a_cpu, passed = [0.0], [0.0]
    monkeypatch.setattr("harness.execution.waiting.seconds_without_a_cpu", lambda _: without_a_cpu[0])
    monkeypatch.setattr(Stopwatch, "spent", lambda *_: passed[0])
    row = benchmark_of(folder, "if looks == 2:\n    while True: pass")
    with Worker({"do": "observe", "case": asdict(case_spec(row, ASYNCIO))}, lifetime=30) as worker:
        assert not isinstance(worker.receive(PATIENCE), WorkerExit)
        without_a_cpu[0], passed[0] = 300.0, 31.0
        given_up = worker.receive(PATIENCE)
    assert isinstance(given_up, Reply)
    assert given_up.reason == "waited 300 s for a CPU within a time limit of 30 s: end other programs"


def test_only_time_in_which_this_process_could_run_is_spent() -> None:
    times = iter([10.0, 10.2, 100.0, 100.5])
    watch = Stopwatch(lambda: next(times))
    assert watch.spent(0.2) == pytest.approx(0.2)
    assert watch.spent(0.2) == pytest.approx(0.2)
    assert watch.stopped == pytest.approx(89.6)
    assert watch.spent(0.2) == pytest.approx(0.5)
