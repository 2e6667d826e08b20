"""Kills and cuts off what belongs to a cluster at random moments, and looks at what the records came to.

    python tests/benchmarks/cluster_losses.py [--kills 30] [--cuts 5] [--seed 1]

Two hosts, a scheduler and a submitter run on this machine, with certificates. A third each of the kills is of
a host, of the engine's worker on one, and of the submitter, which is then resumed; a cut is of the cable of
one host. As root on Linux, hosts have networks of their own, and a cable is a pair of virtual devices; else
it is a proxy. As many runs are begun as there is need for. Each must come to every unit, case and round of
its plan once, each unit of one host. Of what was lost, and of all afterwards, nothing may run after 60 s.

Nothing here is run by pytest. Exit code 1 if that fails.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # tests.real_clusters, when this is run as a script

from harness.records import store  # noqa: E402 - see above
from harness.records.entries import HostJoined, UnitFinished  # noqa: E402
from tests.cables import Cable, cable_of_this_system, go_into_own_network  # noqa: E402
from tests.real_clusters import (  # noqa: E402
    Cluster,
    assert_once_and_whole,
    cluster_in,
    parent_of,
    running_in,
    wait_until,
)

BAR = 60.0
"""The seconds within which nothing may be left of what was killed or cut off."""

WAITING, TIMED = 24, 3
SCENARIOS = f"""
from harness.scenario import scenario
import anyio

@scenario(timed=False, only="asyncio", params={{"n": list(range({WAITING}))}})
async def waits(n):
    await anyio.sleep(1)
    return n

@scenario(params={{"n": list(range({TIMED}))}})
async def is_timed(n):
    await anyio.sleep(0)
    return n
"""

RUN = ("run", "./mine.py", "-b", "asyncio", "-b", "trio", "--fast", "--seed", "1")

SPARED = 8
"""The units that are left of a run in which nothing is lost any more."""

LONGEST = 1800.0
WORKER, UNIT = "engine_process worker", "harness.cluster.forking"


class Loss(Enum):
    """What is lost."""

    HOST = "host killed"
    WORKER = "engine's worker killed"
    SUBMITTER = "submitter killed"
    CABLE = "cable cut"


def main() -> int:
    """Deal all losses, over as many runs as it takes."""
    parser = argparse.ArgumentParser()
    for name, usual in (("--kills", 30), ("--cuts", 5), ("--seed", 1)):
        parser.add_argument(name, type=int, default=usual)
    typed = parser.parse_args()
    go_into_own_network()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever ends this puts the cluster away
    chooser = random.Random(typed.seed)
    kills = (Loss.HOST, Loss.WORKER, Loss.SUBMITTER)
    losses = [kills[number % len(kills)] for number in range(typed.kills)] + [Loss.CABLE] * typed.cuts
    chooser.shuffle(losses)
    left, longest = deque(losses), 0.0
    while left:
        longest = max(longest, _run(left, chooser))
    print(f"{len(losses)} losses; what they left behind had ended after {longest:.1f} s (bar {BAR:.0f} s)")
    return int(longest > BAR)


def _run(losses: "deque[Loss]", chooser: random.Random) -> float:
    """Have one run lose what it can; return the longest time for which something went on."""
    with tempfile.TemporaryDirectory() as name, trial_in(Path(name), chooser) as trial:
        while losses and trial.awaits_loss():
            if trial.lose(losses[0]):
                losses.popleft()
        trial.finish()
    return max(trial.lasted, default=0.0)


@dataclass
class Trial:
    """A run on two hosts, each at the end of a cable."""

    cluster: Cluster
    chooser: random.Random
    cables: dict[int, Cable]
    submitter: "subprocess.Popen[bytes]"
    lasted: list[float] = field(default_factory=list)
    done_at_loss: int = 0

    def units_done(self) -> int:
        """The units that are on disk so far."""
        with suppress(OSError, ValueError):  # there is no record yet
            return (self.cluster.record / "journal.jsonl").read_bytes().count(b'"kind":"unit-finished"')
        return 0

    def awaits_loss(self) -> bool:
        """Wait until more units are done than at the loss before; False where the run is nearly over."""
        wait_until(lambda: self.units_done() > self.done_at_loss + 1 or self.has_ended(), LONGEST, 1.0)
        self.done_at_loss = self.units_done()
        return not self.has_ended() and self.done_at_loss < WAITING + TIMED - SPARED

    def has_ended(self) -> bool:
        return self.submitter.poll() is not None

    def lose(self, loss: Loss) -> bool:
        """Have something killed or cut off at some moment, and what it had begun end; then mend it.

        False where the run ended before.
        """
        time.sleep(self.chooser.uniform(0.0, 8.0))
        if self.has_ended():
            return False
        host = self.chooser.choice(sorted(self.cables))
        lost = [pid for pid in self._parts_of(host, loss) if pid != host]
        start = time.monotonic()
        self._deal(loss, host)
        wait_until(lambda: not any(map(is_there, lost)), LONGEST)
        self.lasted.append(time.monotonic() - start)
        print(f"{loss.value}: {len(lost)} processes had ended after {self.lasted[-1]:.1f} s", flush=True)
        self._mend(loss, host)
        return True

    def _parts_of(self, host: int, loss: Loss) -> list[int]:
        """The processes that must end with what is lost."""
        running = self.cluster.running()
        if loss is Loss.SUBMITTER:
            return [pid for unit in self.cluster.units() for pid in below(unit, running)]
        if loss is Loss.HOST:
            return below(host, running)
        workers = [pid for pid in below(host, running) if WORKER in running[pid]]
        return [pid for worker in workers for pid in below(worker, running)]

    def _deal(self, loss: Loss, host: int) -> None:
        match loss:
            case Loss.HOST:
                self.cluster.hosts[host].kill()
                self.cluster.hosts[host].wait()
            case Loss.WORKER:
                for pid in self._parts_of(host, loss)[:1]:
                    os.kill(pid, signal.SIGKILL)
            case Loss.SUBMITTER:
                self.stop()
            case Loss.CABLE:
                self.cables[host].pull()

    def _mend(self, loss: Loss, host: int) -> None:
        match loss:
            case Loss.HOST:
                del self.cluster.hosts[host]
                cable = self.cables.pop(host)
                self.cables[self.cluster.add_host(cable).pid] = cable
            case Loss.SUBMITTER:
                self.submitter = self.cluster.resume()
            case Loss.CABLE:
                self.cables[host].plug_in()

    def stop(self) -> None:
        """Have no submitter any more, whatever came before."""
        self.submitter.kill()
        self.submitter.wait()

    def finish(self) -> None:
        """Have the run come to its end, and look at all of its journal."""
        code = self.submitter.wait(LONGEST)
        assert code == 0, (code, (self.cluster.folder / "submitter.log").read_text())
        assert_once_and_whole(self.cluster.record)
        _, entries = store.read_journal(self.cluster.record)
        joined = sum(isinstance(entry, HostJoined) for entry in entries)
        done = sum(isinstance(entry, UnitFinished) for entry in entries)
        print(f"{done} units, each once, of {joined} hosts", flush=True)


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def below(pid: int, running: dict[int, str]) -> list[int]:
    """A process, and all that it has started which is still below it."""
    children = [other for other in running if parent_of(other) == pid]
    return [pid, *(each for child in children for each in below(child, running))]


@contextmanager
def trial_in(folder: Path, chooser: random.Random) -> Iterator[Trial]:
    """Have a run begin on two hosts; all of it has ended afterwards, within the bar."""
    make_cable: Callable[[int], Cable] = cable_of_this_system()
    with ExitStack() as stack:
        stack.callback(_assert_nothing_is_left, folder)
        listening = cluster_in(folder, 0, scenarios=SCENARIOS, listening="0.0.0.0")  # noqa: S104
        cluster = stack.enter_context(listening)
        cables = {}
        for _ in range(2):
            cable = make_cable(cluster.port)
            stack.callback(cable.close)
            cables[cluster.add_host(cable).pid] = cable
        trial = Trial(cluster, chooser, cables, cluster.submit(*RUN))
        stack.callback(trial.stop)
        yield trial


def _assert_nothing_is_left(folder: Path) -> None:
    start = time.monotonic()
    wait_until(lambda: not running_in(folder), BAR)
    print(f"nothing was left {time.monotonic() - start:.1f} s after the hosts were killed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
