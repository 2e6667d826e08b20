"""What the engine's worker on a host calls: a process of ours does a job, for as long as it is wanted."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial

from distributed import Worker, get_worker
from distributed.utils import sync

from harness.cluster.job_processes import JobProcesses, command_of

CPUS = "LOOPCMP_CLUSTER_CPUS"
"""The environment variable of the engine's worker that names the CPUs of its units: "2,3"."""

RENEWAL = 10.0
"""The seconds between two renewals of a submitter's lease, and between two looks at it."""

LOOK = 5.0
"""The seconds within which the scheduler must tell of a lease; where a cable is cut it never does."""

LEASE = 40.0
"""The seconds without a renewal after which a submitter is taken to have gone, or a cable to be cut."""


@cache
def _processes() -> JobProcesses:
    """Return the processes of this worker of the engine, which units have while it lives."""
    return JobProcesses(command_of(os.environ.get(CPUS, "")))


def do_job(job: bytes, lease: str) -> bytes:
    """Return the reply to a job. The engine calls this in a thread of its worker."""
    watch = Watch.of(get_worker(), lease)
    return _processes().reply_to(job, lease, watch.still_wanted)


@dataclass(slots=True)
class Watch:
    """Knows whether a job is still wanted: its key, the engine's worker, and the submitter's lease.

    `value_of_lease` asks the scheduler for what the submitter renews; it returns None where the link is cut.
    """

    worker: Worker
    key: object
    value_of_lease: Callable[[], object]
    seen: object = None
    renewed: float = 0.0
    looked: float = 0.0
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, worker: Worker, lease: str) -> "Watch":
        """Return the watch of the job that this thread of the engine's worker has begun."""
        now = time.monotonic()
        ask = partial(_value_of_lease, worker, lease)
        return cls(worker, worker.get_current_task(), ask, renewed=now, looked=now)

    def still_wanted(self) -> bool:
        """Decide whether the engine and the submitter still want the job."""
        task = self.worker.state.tasks.get(self.key)
        if task is None or task.state not in _WANTED or self.worker.status.name not in _AT_WORK:
            return False
        if (now := self.clock()) - self.looked >= RENEWAL:
            self.looked = now
            value = self.value_of_lease()
            if value is not None and value != self.seen:
                self.seen, self.renewed = value, now
        return self.clock() - self.renewed < LEASE  # which may have ended while it was looked at


def _value_of_lease(worker: Worker, lease: str) -> object:
    with suppress(Exception):  # the link is cut, which the lease's age tells
        return sync(
            worker.loop, worker.scheduler.get_metadata, keys=[lease], default=None, callback_timeout=LOOK
        )
    return None


_WANTED = frozenset({"executing", "long-running"})
_AT_WORK = frozenset({"running", "paused", "init"})
