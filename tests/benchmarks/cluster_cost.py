"""What a queue over hosts costs, beside what its units take.

    python tests/benchmarks/cluster_cost.py [overhead|many|memory|rounds][=UNITS] …

`overhead` has two hosts of this machine measure 100 units that sleep for 30 s each, and sets the time that no
unit accounts for against the time that the hosts were there (bar 1%). Beside it stands the CPU time of the
engine, the hosts and the submitter: where the wall time is far above it, they waited for a CPU that others
had. `many` does the same with units that return at once; its bar is that of the submitter's memory. `memory`
tells the submitter's highest resident size (bar 500 MB) with 10,000 units. Nothing is measured there: a
stand-in for the engine and for two hosts makes up what they answer, in the submitter's process. Each of these
units is a case that was observed; those of `rounds`, which come in tens, have 4 backends and 20 rounds.

Nothing here is run by pytest. Exit code 1 if a bar is missed.
"""

import os
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, pairwise
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # tests.records, when this is run as a script

from harness.cluster.certificates import security_of  # noqa: E402 - see above
from harness.cluster.dask_engine import DaskEngine  # noqa: E402
from harness.cluster.opening import ClusterAddress, measuring_on  # noqa: E402
from harness.cluster.queue import Queue  # noqa: E402
from harness.protocol.benchmarks import Benchmark  # noqa: E402
from harness.records.entries import Entry, RunStarted, UnitBegun, UnitFinished  # noqa: E402
from harness.records.plan import DEFAULT  # noqa: E402
from harness.runner import session  # noqa: E402
from harness.runner.planning import RunRequest, plan_run  # noqa: E402
from tests.benchmarks.cluster_stand_in import StandIn  # noqa: E402
from tests.real_clusters import cluster_in, parent_of, running_in, wait_until  # noqa: E402
from tests.records import (  # noqa: E402
    ASYNCIO,
    begun,
    fake_benchmark,
    observation,
    plan,
    returned,
    seen_alike,
    twice,
)

UNITS = "harness.cluster.forking"

SHARE, MEMORY = 0.01, 500
"""The bars: of the hosts' time; MB."""

HOSTS = 2

SLEEP = 7.2
"""The seconds of one sleep: a case is observed four times, and its processes start in the rest of 30 s."""

SCENARIO = """
import anyio
from harness.scenario import scenario

@scenario(timed=False, params={{"n": list(range({units}))}})
async def sleeps(n):
    await anyio.sleep({seconds})
    return n
"""


def main() -> int:
    """Try what was named, or what has a bar; gives the exit code."""
    held = []
    for words in sys.argv[1:] or ["overhead", "memory"]:
        name, _, units = words.partition("=")
        if name not in TRIALS:
            sys.exit(f"{name}: choose among {', '.join(TRIALS)}")
        trial, usual = TRIALS[name]
        held.append(trial(int(units or usual)))
    return int(not all(held))


def overhead(units: int) -> bool:
    """Whether the time of two hosts that no unit accounts for is within the bar."""
    return _measure_on_hosts(units, SLEEP) <= SHARE


def many(units: int) -> bool:
    """Whether the submitter's memory is within the bar when so many units return at once."""
    _measure_on_hosts(units, 0.0)
    return peak() <= MEMORY


def _measure_on_hosts(units: int, seconds: float) -> float:
    """Return the share of two hosts' time that no unit accounts for, and print it."""
    with _standing_cluster(SCENARIO.format(units=units, seconds=seconds)) as cluster:
        run = plan_run(RunRequest(["./mine.py"], ["asyncio"], [], None, 60.0, DEFAULT))
        begun_now = session.start(run, Path(), publish=False, here=False)
        marks: list[tuple[float, Entry]] = []
        start, own, theirs = perf_counter(), process_time(), _seconds_of_programs()
        session.measure(
            begun_now, lambda entry: marks.append((perf_counter(), entry)), measuring_on(cluster, print)
        )
        wall, own = perf_counter() - start, process_time() - own
        theirs = _seconds_of_programs() - theirs
    assert len(marks) >= units
    share = _share_of_no_unit(marks, wall)
    print(
        f"engine and hosts: {theirs:.1f} s of CPU, the submitter: {own:.1f} s, together "
        f"{(own + theirs) / (HOSTS * wall):.2%} of the hosts' time; the submitter had {peak():.0f} MB "
        f"resident at most (bar {MEMORY} MB)"
    )
    return share


def _seconds_of_programs() -> float:
    """Return the CPU time of all of the cluster's processes so far, without those of units; needs /proc."""
    running = running_in(Path.cwd())
    ticks = 0
    for pid in running:
        with suppress(OSError):
            if not _is_of_unit(pid, running):
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _is_of_unit(pid: int, running: dict[int, str]) -> bool:
    """Whether a process is that of a unit, which another has forked, or one of its workers."""
    is_forked = UNITS in running[pid] and UNITS in running.get(parent_of(pid), "")
    return is_forked or "harness.worker" in running[pid]


def _share_of_no_unit(marks: Iterable[tuple[float, Entry]], wall: float) -> float:
    """Return the share of the hosts' time for which no unit accounts, and print what it consists of."""
    ends = defaultdict(list)
    host = 0
    for at, entry in marks:
        if isinstance(entry, UnitBegun):
            host = entry.host
        elif isinstance(entry, UnitFinished):
            ends[host].append((at, sum(cost.seconds for cost in entry.costs)))
    taken = [seconds for of_host in ends.values() for _, seconds in of_host]
    gaps = [
        at - before - seconds for of_host in ends.values() for (before, _), (at, seconds) in pairwise(of_host)
    ]
    share = 1 - sum(taken) / (HOSTS * wall)
    print(
        f"{len(taken)} units took {sum(taken):.1f} s, {median(taken):.2f} s each, and {HOSTS} hosts "
        f"{wall:.1f} s: "
        f"{share:.2%} of their time is no unit's (bar {SHARE:.0%})\n"
        f"between two units of a host {median(gaps):.3f} s ({min(gaps):.3f} to {max(gaps):.3f} s), "
        f"{sum(gaps) / (sum(gaps) + sum(taken)):.2%} of their time"
    )
    return share


@contextmanager
def _standing_cluster(program: str) -> Iterator[ClusterAddress]:
    """Have hosts wait at a scheduler, as they do before a run; be in a folder with this scenario file."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name, cluster_in(Path(name), HOSTS, scenarios=program) as cluster:
        address = f"tls://127.0.0.1:{cluster.port}"
        with DaskEngine(address, security_of(cluster.certificates), patience=100) as engine:
            wait_until(lambda: len(engine.hosts()) == HOSTS)
        os.chdir(name)
        try:
            yield ClusterAddress(scheduler=address, certificates=cluster.certificates)
        finally:
            os.chdir(before)


def memory(units: int) -> bool:
    """Whether the submitter's memory is within the bar with so many units of one case."""
    benchmarks = [fake_benchmark(f"case_{number}", returned(1), timed=False) for number in range(units)]
    return _have_answered(begun(plan(*benchmarks, on=(ASYNCIO,))), _observed)


def rounds(units: int) -> bool:
    """Whether it is so with units that are timed."""
    os.environ["CELLS"] = str(4 * units)
    from tests.benchmarks.large import large_plan, observed_in, timed_in

    draw = random.Random(7)
    return _have_answered(large_plan(), lambda row: chain(observed_in(row), timed_in(row, draw)))


def _observed(benchmark: Benchmark) -> Iterator[Entry]:
    """Yield what one case without rounds is answered with."""
    yield from seen_alike(benchmark, twice(observation(returned(1))), (ASYNCIO,))


def _have_answered(run: RunStarted, answer: Callable[[Benchmark], Iterable[Entry]]) -> bool:
    """Have a queue measure a run by a stand-in, and make its record."""
    before, own = peak(), process_time()
    with tempfile.TemporaryDirectory() as folder:
        begun_now = session.start(run, Path(folder), publish=False, here=False)
        told: Counter[str] = Counter()

        def measure(session: session.Session, show: session.Show) -> None:
            Queue(StandIn(run, answer), session, show, lambda words: told.update([words])).measure()

        session.measure(begun_now, lambda _: None, measure)
        queued, own = peak(), process_time() - own
        record = session.conclude(begun_now)
    assert not told, told
    print(
        f"{len(record.results):,} units that a stand-in answers: {queued:.0f} MB resident at most, "
        f"{peak():.0f} MB once their record is made (bar {MEMORY} MB), {before:.0f} MB before; "
        f"{own:.0f} s of CPU, stand-in included"
    )
    return peak() <= MEMORY


def peak() -> float:
    """The highest resident size of this process so far, in MB."""
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


TRIALS: dict[str, tuple[Callable[[int], bool], int]] = {
    "overhead": (overhead, 100),
    "many": (many, 1000),
    "memory": (memory, 10_000),
    "rounds": (rounds, 10_000),
}

if __name__ == "__main__":
    sys.exit(main())
