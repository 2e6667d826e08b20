"""Services as others measure them, beside ours: uvloop's echo benchmark, and uvicorn under wrk.

    python -m tests.benchmarks.services_by_hand --uvloop FOLDER [--pairs N]

FOLDER is uvloop's source as a registry has it (`pip download --no-deps --no-binary :all: uvloop`, unpacked):
its `examples/bench` is run as it stands, server and client apart. Where wrk is not installed its cell is left
out, by name. In each pair one round of ours and a run of theirs on each loop stand side by side, in an order
drawn anew.
"""

import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from subprocess import DEVNULL

from harness.analysis.intervals import estimate_ratio
from harness.analysis.samples import log_ratio_of_cpu
from harness.backends.registry import find_backend
from harness.execution.affinity import avoiding, choose_cpus, choose_others, pinned_to
from harness.execution.arms import Arm, RoundContext
from harness.execution.calibration import calibrate, choose_pace
from harness.execution.observing import case_spec
from harness.execution.rounds import run_round
from harness.execution.services import open_service_arms
from harness.protocol.benchmarks import Benchmark
from harness.records.estimate import Estimate
from harness.records.pace import ArmFailure
from harness.records.plan import WARMUPS
from harness.runner.catalog import choose_benchmarks
from tests.served import free_port, until_listening

LOOPS = ("asyncio", "uvloop")
SIZES = (1000, 10_000, 100_000)
MESSAGES = {1000: 8000, 10_000: 6000, 100_000: 2000}
"""The messages of each of their three clients: about a second."""

BAR = 0.05
TIMEOUT = 60.0
TURNS = 8

ECHO_SERVICES = Path(__file__).with_name("echo_services.py")


@dataclass(frozen=True, slots=True)
class Cell:
    """One comparison: a benchmark of ours, and what others do for it on a loop."""

    name: str
    ours: Benchmark
    measure: "Measure"


class OurService:
    """A service of ours on both loops, with the pace that a run would give it."""

    def __init__(self, benchmark: Benchmark) -> None:
        cpus = choose_cpus(1)
        self._context = RoundContext(cpus, TIMEOUT, choose_others(cpus), open_service_arms)
        self._arms = [Arm(loop, case_spec(benchmark, find_backend(loop))) for loop in LOOPS]
        with avoiding(cpus):
            calibration = calibrate(self._arms, self._context, 0.05)
        if isinstance(calibration, ArmFailure):
            sys.exit(f"{benchmark.id}: {calibration.arm}: {calibration.reason}")
        self._pace = choose_pace(calibration, TURNS, WARMUPS)

    def ratios(self, number: int) -> tuple[float, float]:
        """Return one round's log ratios of uvloop's CPU and wall time to asyncio's."""
        with avoiding(self._context.cpus):
            parts = run_round(self._arms, self._pace, self._context, f"by hand/{number}")
        if isinstance(parts, ArmFailure):
            sys.exit(f"{parts.arm}: {parts.reason}")
        asyncio, uvloop = (part.values for part in parts)
        wall = median(
            math.log((mine.wall / mine.loops) / (base.wall / base.loops))
            for mine, base in zip(uvloop, asyncio, strict=True)
        )
        return log_ratio_of_cpu(uvloop, asyncio), wall


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else measures of a server on one loop, and how busy the server was meanwhile."""

    rate: float
    """Requests a second."""
    busy: float
    """The share of the time for which the server had its CPU."""


Measure = Callable[[str], Theirs]


def measured(server: list[str], port: int, client: list[str], pattern: str) -> Theirs:
    """Run a server on the workers' CPU and a client on the other; return what the client prints."""
    with ExitStack() as stack:
        with pinned_to(choose_cpus(1)):
            process = stack.enter_context(subprocess.Popen(server, stdout=DEVNULL, stderr=DEVNULL))
        stack.callback(process.terminate)
        until_listening(port)
        cpu, begun = cpu_seconds(process.pid), time.monotonic()
        with pinned_to(choose_others(choose_cpus(1))):
            printed = subprocess.run(client, capture_output=True, text=True, check=True).stdout
        busy = (cpu_seconds(process.pid) - cpu) / (time.monotonic() - begun)
    rate = re.search(pattern, printed)
    if rate is None:
        sys.exit(f"{client[0]} printed no rate: {printed}")
    return Theirs(float(rate[1]), busy)


def cpu_seconds(process: int) -> float:
    """Return the CPU time of a process; Linux alone tells it of another (proc_pid_stat(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def echo_bench(folder: Path, flag: str, size: int) -> Measure:
    """Return uvloop's own echo benchmark with these options."""
    bench = folder / "examples" / "bench"

    def measure(loop: str) -> Theirs:
        port = free_port()
        address = f"127.0.0.1:{port}"
        server = [sys.executable, str(bench / "echoserver.py"), flag, "--addr", address]
        client = [sys.executable, str(bench / "echoclient.py"), "--addr", address]
        sizes = ["--msize", str(size), "--num", str(MESSAGES[size])]
        on_loop = ["--uvloop"] if loop == "uvloop" else []
        return measured([*server, *on_loop], port, [*client, *sizes], r"([\d.]+) requests/sec")

    return measure


def uvicorn_under_wrk(loop: str) -> Theirs:
    """Return what wrk finds of uvicorn with a plain application."""
    port = free_port()
    options = ["--loop", loop, "--http", "httptools", "--no-access-log", "--log-level", "critical"]
    application = "scenarios.services.application:plain"
    server = [sys.executable, "-m", "uvicorn", application, "--port", str(port), *options]
    wrk = ["wrk", "-t1", "-c32", "-d2s", f"http://127.0.0.1:{port}/"]
    return measured(server, port, wrk, r"Requests/sec: +([\d.]+)")


def cells(uvloop: Path | None) -> Iterator[Cell]:
    """Yield every comparison that can be made here; say by name which cannot."""
    if uvloop is None:
        print("skipped: uvloop's echo benchmark, for --uvloop names no folder")
    else:
        services = {service.scenario: service for service in choose_benchmarks([str(ECHO_SERVICES)])}
        for kind, flag in {"streams": "--streams", "protocol": "--proto"}.items():
            service = services[f"echo_{kind}"]
            for size in SIZES:
                ours = replace(service, parameters=(("size", size),))
                yield Cell(f"{kind}, {size} bytes", ours, echo_bench(uvloop, flag, size))
    if shutil.which("wrk") is None:
        print("skipped: uvicorn under wrk, for wrk is not installed")
    else:
        [uvicorn] = choose_benchmarks(["uvicorn_plain:http=httptools"])
        yield Cell("uvicorn under wrk", uvicorn, uvicorn_under_wrk)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cell's ratios of uvloop to asyncio: ours with intervals, and what others find."""

    cell: str
    cpu: Estimate
    wall: Estimate
    theirs: float
    busy: float
    """How busy their busiest server was: where it waited for its client, their ratio is also the client's."""

    @property
    def agrees(self) -> bool:
        """Whether their ratio lies inside our interval or within the bar of our value."""
        return lies_in(self.cpu, self.theirs) or abs(self.theirs / self.cpu.value - 1) <= BAR


def lies_in(estimate: Estimate, ratio: float) -> bool:
    """Decide whether a ratio lies in an interval."""
    return estimate.low is not None and estimate.high is not None and estimate.low <= ratio <= estimate.high


def compare(cell: Cell, pairs: int) -> Comparison:
    """Take turns with the others, and return what both found."""
    service, ours, theirs, busy = OurService(cell.ours), [], [], []
    for number in range(pairs):
        found: dict[str, Theirs] = {}
        for who in random.Random(number).sample(["ours", *LOOPS], 3):
            if who == "ours":
                ours.append(service.ratios(number))
            else:
                found[who] = cell.measure(who)
        theirs.append(math.log(found["asyncio"].rate / found["uvloop"].rate))
        busy.append(min(measured.busy for measured in found.values()))
    cpu, wall = (estimate_ratio(list(samples), 0.95).exp() for samples in zip(*ours, strict=True))
    return Comparison(cell.name, cpu, wall, math.exp(median(theirs)), median(busy))


def row(comparison: Comparison) -> str:
    """Return a comparison's line of the table."""
    cpu, wall = map(shown, (comparison.cpu, comparison.wall))
    answer = "yes" if comparison.agrees else "no"
    return (
        f"{comparison.cell:24} {comparison.theirs:7.2f} {comparison.busy:8.0%}  {cpu:20} {wall:20} {answer}"
    )


def shown(estimate: Estimate) -> str:
    """Return a ratio with its interval."""
    low, high = (math.nan if end is None else end for end in (estimate.low, estimate.high))
    return f"{estimate.value:.2f} [{low:.2f}, {high:.2f}]"


def main() -> int:
    """Compare, print a line for each cell, and return 0 if at most one of them disagrees."""
    parser = ArgumentParser()
    parser.add_argument("--uvloop", type=Path)
    parser.add_argument("--pairs", type=int, default=9)
    typed = parser.parse_args()
    disagreeing = 0
    print(f"{'uvloop / asyncio':24} {'by hand':>7} {'busy':>8}  {'ours, CPU':20} {'ours, wall':20} agrees")
    for cell in cells(typed.uvloop):
        comparison = compare(cell, typed.pairs)
        disagreeing += not comparison.agrees
        print(row(comparison), flush=True)
    return int(disagreeing > 1)


if __name__ == "__main__":
    sys.exit(main())
