"""Services as others measure them, beside ours: uvloop's echo benchmark, and uvicorn under wrk.

    python -m tests.benchmarks.services_by_hand --uvloop FOLDER [--pairs N]

FOLDER is uvloop's source as a registry has it (`pip download --no-deps --no-binary :all: uvloop`, unpacked):
its `examples/bench` is run as it stands, server and client apart. Where wrk is not installed its cell is left
out, by name. In each pair one round of ours and a run of theirs on each loop stand side by side, in an order
drawn anew.
"""

import math
import random
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from harness.analysis.intervals import estimate_ratio
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

Theirs = Callable[[str], float]
"""Requests a second of a server on a loop, as somebody else measures them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One comparison: a benchmark of ours, and what others do for it."""

    name: str
    ours: Benchmark
    theirs: Theirs


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
        self._pace = replace(choose_pace(calibration, 8, WARMUPS), laps=1)

    def wall_ratio(self, number: int) -> float:
        """Return one round's log ratio of uvloop's wall time to asyncio's."""
        with avoiding(self._context.cpus):
            parts = run_round(self._arms, self._pace, self._context, f"by hand/{number}")
        if isinstance(parts, ArmFailure):
            sys.exit(f"{parts.arm}: {parts.reason}")
        asyncio, uvloop = (part.values for part in parts)
        return median(
            math.log((mine.wall / mine.loops) / (base.wall / base.loops))
            for mine, base in zip(uvloop, asyncio, strict=True)
        )


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a server on the workers' CPU until the block ends."""
    with ExitStack() as stack:
        with pinned_to(choose_cpus(1)):
            server = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
        stack.callback(server.terminate)
        until_listening(port)
        yield


def said_by(command: list[str], pattern: str) -> float:
    """Run a client on the other CPU and return the number that it prints before the pattern."""
    with pinned_to(choose_others(choose_cpus(1))):
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(pattern, printed)
    if found is None:
        sys.exit(f"{command[0]} printed no rate: {printed}")
    return float(found[1])


def echo_bench(folder: Path, flag: str, size: int) -> Theirs:
    """Return uvloop's own echo benchmark with these options."""
    bench = folder / "examples" / "bench"

    def rate(loop: str) -> float:
        port = free_port()
        address = f"127.0.0.1:{port}"
        server = [sys.executable, str(bench / "echoserver.py"), flag, "--addr", address]
        client = [sys.executable, str(bench / "echoclient.py"), "--addr", address]
        sizes = ["--msize", str(size), "--num", str(MESSAGES[size])]
        with running([*server, *(["--uvloop"] if loop == "uvloop" else [])], port):
            return said_by([*client, *sizes], r"([\d.]+) requests/sec")

    return rate


def uvicorn_under_wrk(loop: str) -> float:
    """Return the requests a second that wrk has of uvicorn with a plain application."""
    port = free_port()
    options = ["--loop", loop, "--http", "httptools", "--no-access-log", "--log-level", "critical"]
    application = "scenarios.services.application:plain"
    server = [sys.executable, "-m", "uvicorn", application, "--port", str(port), *options]
    with running(server, port):
        wrk = ["wrk", "-t1", "-c32", "-d2s", f"http://127.0.0.1:{port}/"]
        return said_by(wrk, r"Requests/sec: +([\d.]+)")


def cells(uvloop: Path | None) -> Iterator[Cell]:
    """Yield every comparison that can be made here; say by name which cannot."""
    found = {benchmark.scenario: benchmark for benchmark in choose_benchmarks(["services"])}
    kinds = {"streams": ("--streams", "asyncio_serve_echo"), "protocol": ("--proto", "serve_echo_protocol")}
    if uvloop is None:
        print("skipped: uvloop's echo benchmark, for --uvloop names no folder")
    else:
        for kind, (flag, scenario) in kinds.items():
            for size in SIZES:
                ours = replace(found[scenario], parameters=(("size", size),))
                yield Cell(f"{kind}, {size} bytes", ours, echo_bench(uvloop, flag, size))
    if shutil.which("wrk") is None:
        print("skipped: uvicorn under wrk, for wrk is not installed")
    else:
        yield Cell("uvicorn under wrk", found["uvicorn_plain"], uvicorn_under_wrk)


def compare(cell: Cell, pairs: int) -> tuple[Estimate, float]:
    """Return our ratio with its interval, and theirs."""
    ours, service, theirs = [], OurService(cell.ours), []
    for number in range(pairs):
        rates: dict[str, float] = {}
        for who in random.Random(number).sample(["ours", *LOOPS], 3):
            if who == "ours":
                ours.append(service.wall_ratio(number))
            else:
                rates[who] = cell.theirs(who)
        theirs.append(math.log(rates["asyncio"] / rates["uvloop"]))
    return estimate_ratio(ours, 0.95).exp(), math.exp(median(theirs))


def agrees(ours: Estimate, theirs: float) -> bool:
    """Decide whether their ratio lies inside our interval or within the bar of our value."""
    inside = ours.low is not None and ours.high is not None and ours.low <= theirs <= ours.high
    return inside or abs(theirs / ours.value - 1) <= BAR


def main() -> int:
    """Compare, print a line for each cell, and return 0 if at most one of them disagrees."""
    parser = ArgumentParser()
    parser.add_argument("--uvloop", type=Path)
    parser.add_argument("--pairs", type=int, default=9)
    typed = parser.parse_args()
    disagreeing = 0
    for cell in cells(typed.uvloop):
        ours, theirs = compare(cell, typed.pairs)
        mark = "✓" if agrees(ours, theirs) else "✗"
        disagreeing += mark == "✗"
        low, high = (end or math.nan for end in (ours.low, ours.high))
        print(
            f"{mark} {cell.name}: ours {ours.value:.2f} [{low:.2f}, {high:.2f}], theirs {theirs:.2f}",
            flush=True,
        )
    return int(disagreeing > 1)


if __name__ == "__main__":
    sys.exit(main())
