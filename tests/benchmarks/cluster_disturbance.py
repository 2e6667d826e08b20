"""What the engine of a cluster does to what is measured beside it: stopped, idle and busy, in turns.

    python tests/benchmarks/cluster_disturbance.py CPU [--turns 20] [--seed 1]

On this CPU, which should have nothing else to do, one scenario is measured on asyncio and in a self-test,
again and again. A scheduler and two hosts are on all other CPUs meanwhile, as they are where hosts keep them
off those of their units: stopped by a signal, idle, or busy with jobs that are refused at once, as many as
they can. In every turn each of these comes once, in an order that is drawn anew. The self-test's level must
lie within 0.2% of that beside a stopped engine, and its spread within a factor of 1.1.

Nothing here is run by pytest. Exit code 1 if that is not so.
"""

import argparse
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from itertools import repeat
from pathlib import Path
from statistics import fmean, median, stdev

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # tests.real_clusters, when this is run as a script

from harness.cluster.certificates import security_of  # noqa: E402 - see above
from harness.cluster.dask_engine import DaskEngine  # noqa: E402
from harness.records import store  # noqa: E402
from harness.records.entries import RoundMeasured  # noqa: E402
from harness.records.pace import SELF_TEST_ARM, ArmRound  # noqa: E402
from tests.benchmarks.agreement import difference  # noqa: E402
from tests.command_line import LOOPCMP  # noqa: E402
from tests.real_clusters import Cluster, cluster_in, wait_until  # noqa: E402

LEVEL, SPREAD = 0.002, 1.1
"""The bars."""

SCENARIO = ("order:n=100", "-b", "asyncio", "--fast", "--no-progress")


class Engine(Enum):
    """What the engine does while something is measured."""

    STOPPED = "stopped"
    IDLE = "idle"
    BUSY = "busy"


Rounds = list[tuple[float, float]]
"""The seconds of an iteration in each round: on asyncio, and in the self-test."""


def main() -> int:
    """Measure in turns, and compare what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cpu", type=int)
    for name, usual in (("--turns", 20), ("--seed", 1)):
        parser.add_argument(name, type=int, default=usual)
    typed = parser.parse_args()
    if not (others := os.sched_getaffinity(0) - {typed.cpu}):
        sys.exit("the engine needs a CPU beside the one that is measured on")
    os.sched_setaffinity(0, others)
    measured: dict[Engine, list[Rounds]] = defaultdict(list)
    chooser = random.Random(typed.seed)
    with tempfile.TemporaryDirectory() as name, cluster_in(Path(name)) as cluster:
        address = f"tls://127.0.0.1:{cluster.port}"
        with DaskEngine(address, security_of(cluster.certificates), patience=100) as engine:
            for turn in range(typed.turns):
                for state in chooser.sample([*Engine], len(Engine)):
                    wait_until(lambda: len(engine.hosts()) == 2)
                    with having(state, cluster, engine):
                        measured[state].append(_rounds(typed.cpu, turn))
    return _tell(measured)


@contextmanager
def having(state: Engine, cluster: Cluster, engine: DaskEngine) -> Iterator[None]:
    """Have the engine in this state."""
    ended = threading.Event()
    busy = threading.Thread(target=_keep_busy, args=[engine, ended])
    if state is Engine.STOPPED:
        _signal(cluster, signal.SIGSTOP)
    if state is Engine.BUSY:
        busy.start()
    try:
        yield
    finally:
        ended.set()
        if state is Engine.BUSY:
            busy.join()
        _signal(cluster, signal.SIGCONT)


def _signal(cluster: Cluster, number: int) -> None:
    for pid in cluster.running():
        os.kill(pid, number)


def _keep_busy(engine: DaskEngine, ended: threading.Event) -> None:
    """Have each host refuse one job after another."""
    while not ended.is_set():
        flights = [*map(engine.submit, sorted(engine.hosts()), repeat(b"no job"))]
        while any(flight.is_pending for flight in flights) and not ended.is_set():
            engine.wait(0.1)
        for flight in flights:
            flight.outcome()
            flight.release()


def _rounds(cpu: int, seed: int) -> Rounds:
    """Measure on a CPU, and return what each round came to."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["taskset", "--cpu-list", str(cpu), str(LOOPCMP), "run", *SCENARIO, "--seed", str(seed)]
        command = [*words, "--results", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        [record] = Path(folder, "local").iterdir()
        _, entries = store.read_journal(record)
    rounds = [
        {part.arm: _seconds(part) for part in entry.arms}
        for entry in entries
        if isinstance(entry, RoundMeasured)
    ]
    return [
        (times.pop(next(arm for arm in times if arm != SELF_TEST_ARM)), times[SELF_TEST_ARM])
        for times in rounds
    ]


def _seconds(part: ArmRound) -> float:
    """Return the middle of an arm's times in a round, for an iteration."""
    return median(value.wall / value.loops for value in part.values) / 1e9


def _tell(measured: dict[Engine, list[Rounds]]) -> int:
    """Print how each state differs from a stopped engine; 0 if all are within the bars, else 1."""
    level, spread = _self_test(measured[Engine.STOPPED])
    print(f"beside a stopped engine: a self-test of {level:+.3%}, with a spread of {spread:.3%}")
    held = []
    for state in (Engine.IDLE, Engine.BUSY):
        beside, wider = _self_test(measured[state])
        held.append(abs(beside - level) <= LEVEL and wider / spread <= SPREAD)
        pairs = [
            ([seconds for seconds, _ in own], [seconds for seconds, _ in stopped])
            for own, stopped in zip(measured[state], measured[Engine.STOPPED], strict=True)
        ]
        print(
            f"{'✓' if held[-1] else '✗'} {state.value}: a self-test of {beside:+.3%} (bar ±{LEVEL:.1%} from "
            f"that), a spread {wider / spread:.2f} times as large (bar {SPREAD}); asyncio itself "
            f"{difference(pairs)}"
        )
    return int(not all(held))


def _self_test(turns: list[Rounds]) -> tuple[float, float]:
    """Return the level of self-tests and their spread, both as shares, over all rounds."""
    logs = [math.log(again / first) for rounds in turns for first, again in rounds]
    return math.expm1(fmean(logs)), stdev(logs)


if __name__ == "__main__":
    sys.exit(main())
