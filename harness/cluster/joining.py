"""Has this machine join a cluster: a quiet worker of the engine for each set of CPUs."""

import subprocess
import time
from collections.abc import Callable, Sequence
from itertools import chain, combinations

from harness.cluster.certificates import options_of
from harness.cluster.opening import ClusterAddress
from harness.cluster.programs import Cpus, end_program, start_worker
from harness.errors import BadInput
from harness.execution.affinity import allowed_cpus, keep_off
from harness.execution.machine import cpus_of

PAUSE = 5.0
"""The seconds after which a worker that has ended joins again: the scheduler or the cable may be back."""

rest = time.sleep


def read_cpu_sets(typed: Sequence[str]) -> tuple[Cpus, ...]:
    """Return the sets of CPUs that were typed; without any, one of all but the first. Raises BadInput."""
    if not typed:
        allowed = allowed_cpus()
        return (allowed[1:] or allowed,)
    sets = tuple(map(_read_cpus, typed))
    for one, other in combinations(sets, 2):
        if shared := set(one) & set(other):
            raise BadInput(f"--cpus: CPU {min(shared)} is in two sets, and each needs its own")
    return sets


def _read_cpus(typed: str) -> Cpus:
    """Read "2,3" or "2-5"."""
    try:
        cpus = cpus_of(typed)
    except ValueError:
        cpus = set()
    if not cpus:
        raise BadInput(f"--cpus {typed!r} names no CPUs: write them as 2,3 or 2-5")
    if strange := cpus - set(allowed_cpus()):
        raise BadInput(f"--cpus {typed}: this process may not use CPU {min(strange)}")
    return tuple(sorted(cpus))


def _named(cpus: Cpus) -> str:
    return f"CPU{'s' * (len(cpus) > 1)} {','.join(map(str, cpus))}"


def join(cluster: ClusterAddress, sets: Sequence[Cpus], announce: Callable[[str], None]) -> None:
    """Keep a worker for each set at the scheduler, until this process is interrupted."""
    security = [] if cluster.certificates is None else options_of(cluster.certificates)
    measured = tuple(chain.from_iterable(sets))
    keep_off(measured)

    def start(cpus: Cpus) -> "subprocess.Popen[bytes]":
        return start_worker([cluster.scheduler], security, cpus, measured)

    workers = {cpus: start(cpus) for cpus in sets}
    try:
        while True:
            rest(PAUSE)
            for cpus, worker in workers.items():
                if worker.poll() is not None:
                    announce(f"the worker of {_named(cpus)} ended with {worker.returncode}; it joins again")
                    workers[cpus] = start(cpus)
    finally:
        for worker in workers.values():
            end_program(worker)
