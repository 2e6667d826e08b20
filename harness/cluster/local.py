"""A cluster on this machine alone, to try what several machines would do: `--cluster local:2`."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from harness.cluster.certificates import new_certificates, options_of, security_of
from harness.cluster.dask_engine import DaskEngine
from harness.cluster.programs import WITHOUT_PAGES, Cpus, end_program, start_program, start_worker
from harness.errors import LoopcmpError
from harness.execution.affinity import allowed_cpus

_PATIENCE = 60.0
"""The seconds within which the scheduler must have said where it is."""


class NoScheduler(LoopcmpError):
    """The engine's scheduler did not start."""

    exit_code = 3


@contextmanager
def local_cluster(count: int) -> Iterator[DaskEngine]:
    """Have so many hosts on this machine, with certificates of their own: nobody else may run code here."""
    with tempfile.TemporaryDirectory(prefix="loopcmp-cluster-") as name, ExitStack() as stack:
        folder = Path(name)
        new_certificates(folder)
        file, security = folder / "scheduler.json", options_of(folder)
        options = ["--host", "tls://127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
        scheduler = start_program("scheduler", [*options, *WITHOUT_PAGES, *security], {})
        stack.callback(end_program, scheduler)
        address = _address_in(file)
        sets = cpu_sets(allowed_cpus(), count)
        for cpus in sets:
            worker = start_worker([address], security, cpus, [cpu for each in sets for cpu in each])
            stack.callback(end_program, worker)
        yield stack.enter_context(DaskEngine(address, security_of(folder), is_complete=True))


def cpu_sets(allowed: Sequence[int], count: int) -> list[Cpus]:
    """Return the CPUs of each of `count` hosts; the first is left to the engine where there are enough.

    Hosts share the CPUs where there are fewer, and what they measure disturbs each other.
    """
    free = allowed[1:] if len(allowed) > count else allowed
    size = max(1, len(free) // count)
    return [
        tuple(free[(number * size + each) % len(free)] for each in range(size)) for number in range(count)
    ]


def _address_in(file: Path) -> str:
    """Return where the scheduler is, once it has written that. Raises NoScheduler."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, KeyError):
            return str(json.loads(file.read_bytes())["address"])
        time.sleep(0.05)
    raise NoScheduler(f"the cluster's scheduler did not start within {_PATIENCE:g} s")
