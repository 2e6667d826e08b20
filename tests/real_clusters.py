"""A real cluster of processes on this machine: a scheduler, hosts and a submitter, each to be killed."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.cluster.certificates import new_certificates, options_of
from harness.cluster.programs import WITHOUT_PAGES, end_program, start_program
from harness.records import store
from harness.records.entries import (
    CaseObserved,
    HostJoined,
    RoundMeasured,
    RunFinished,
    UnitBegun,
    UnitFinished,
)
from harness.records.plan import Plan
from harness.runner.units import units_of
from tests.cables import Cable

UNITS = 6
SCENARIOS = f"""
from harness.scenario import scenario
import anyio

@scenario(timed=False, params={{"n": list(range({UNITS - 1}))}})
async def waits(n):
    await anyio.sleep(0.3)
    return n

@scenario
async def is_timed():
    await anyio.sleep(0)
    return 1
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def running_in(folder: Path, word: str = "") -> dict[int, str]:
    """The processes whose folder for temporary files is below this one, and whose command has this word."""
    found = {}
    mark = b"TMPDIR=" + os.fsencode(folder)
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (path / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            variables = (path / "environ").read_bytes().split(b"\0")
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            if any(variable.startswith(mark) for variable in variables) and word in command and state != "Z":
                found[int(path.name)] = command
    return found


def parent_of(pid: int) -> int:
    """The process that has started another; 0 where that has gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def wait_until(happened: Callable[[], object], seconds: float = 120.0, pause: float = 0.1) -> None:
    """Look again and again until something has happened that no descriptor tells of."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"nothing happened for {seconds:g} s"
        time.sleep(pause)


@dataclass
class Cluster:
    """A scheduler and hosts in processes of their own, in a folder with certificates and scenarios."""

    folder: Path
    port: int
    hosts: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of everything in this cluster, by which it is known."""
        return {**os.environ, "TMPDIR": str(self.temporary)}

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    def running(self, word: str = "") -> dict[int, str]:
        """What runs of this cluster and has this word in its command."""
        return running_in(self.temporary, word)

    def units(self) -> list[int]:
        """The processes of units: those that others with their command have forked."""
        forking = self.running("harness.cluster.forking")
        return [pid for pid in forking if parent_of(pid) in forking]

    def kill_one_of(self, word: str, chooser: random.Random) -> bool:
        """Kill a process whose command has this word; False where there is none."""
        there = sorted(self.running(word))
        if there:
            with suppress(ProcessLookupError):
                os.kill(chooser.choice(there), signal.SIGKILL)
        return bool(there)

    @property
    def certificates(self) -> Path:
        return self.folder / "certificates"

    def command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).with_name("loopcmp")), *words]

    def reaching(self, address: str) -> list[str]:
        return [f"tls://{address}", "--certificates", str(self.certificates)]

    def add_host(self, cable: Cable | None = None) -> "subprocess.Popen[bytes]":
        """Have one host more, on the first CPU; all of them share it, for nothing is measured here."""
        cpu = str(min(os.sched_getaffinity(0)))
        within, address = (cable.within, cable.address) if cable else ((), f"127.0.0.1:{self.port}")
        host = subprocess.Popen(
            [*within, *self.command("host", *self.reaching(address), "--cpus", cpu)],
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,
        )
        self.hosts[host.pid] = host
        return host

    def submit(self, *words: str) -> "subprocess.Popen[bytes]":
        options = ["--cluster", *self.reaching(f"127.0.0.1:{self.port}"), "--no-progress"]
        log = (self.folder / "submitter.log").open("ab")
        with log:
            return subprocess.Popen(
                self.command(*words, *options),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def run(self) -> "subprocess.Popen[bytes]":
        return self.submit("run", "./mine.py", "-b", "asyncio", "-b", "uvloop", "--fast", "--seed", "1")

    def resume(self) -> "subprocess.Popen[bytes]":
        return self.submit("resume")

    @property
    def record(self) -> Path:
        [folder] = (self.folder / "results" / "local").iterdir()
        return folder


@contextmanager
def cluster_in(
    folder: Path, hosts: int = 2, *, scenarios: str = SCENARIOS, listening: str = "127.0.0.1"
) -> Iterator[Cluster]:
    """Have a scheduler with certificates, and so many hosts; all of it has ended afterwards."""
    (folder / "mine.py").write_text(scenarios)
    cluster = Cluster(folder, free_port())
    cluster.temporary.mkdir()
    new_certificates(cluster.certificates)
    options = ["--host", f"tls://{listening}", "--port", str(cluster.port), *WITHOUT_PAGES]
    with ExitStack() as stack:
        scheduler = start_program(
            "scheduler", [*options, *options_of(cluster.certificates)], {"TMPDIR": str(cluster.temporary)}
        )
        stack.callback(end_program, scheduler)
        for _ in range(hosts):
            cluster.add_host()
        try:
            yield cluster
        finally:
            for host in cluster.hosts.values():
                host.kill()
                host.wait()


def assert_once_and_whole(record: Path) -> None:
    """Every unit, case and round of the plan is in a journal once, each unit of one host that has joined."""
    run, entries = store.read_journal(record)
    times: Counter[tuple[str, ...]] = Counter()
    joined = 0
    inside: tuple[str, ...] = ()
    for entry in entries:
        match entry:
            case HostJoined(number):
                joined += 1
                assert number == joined
            case UnitBegun(benchmarks, host):
                assert not inside
                assert 1 <= host <= joined
                inside = benchmarks
                times["unit", *benchmarks] += 1
            case UnitFinished(benchmarks):
                assert inside == benchmarks
                inside = ()
            case CaseObserved(benchmark, backend, processes):
                assert benchmark in inside
                assert not [process.unmeasured for process in processes if process.unmeasured]
                times["case", benchmark, backend] += 1
            case RoundMeasured(benchmark, number):
                assert benchmark in inside
                times["round", benchmark, str(number)] += 1
    assert times == Counter(planned(run.plan))
    assert isinstance(entries[-1], RunFinished)


def planned(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Yield every unit, case and round of a plan with a fixed number of rounds."""
    assert plan.effort.fixed_rounds is not None
    for unit in units_of(plan):
        yield "unit", *unit.benchmarks
    for benchmark, backend in plan.cases():
        yield "case", benchmark.id, backend.name
    for benchmark in plan.timed_benchmarks:
        for number in range(plan.effort.fixed_rounds):
            yield "round", benchmark.id, str(number)
