"""What the engine's worker on a host calls: a process of ours does a job, for as long as it is wanted."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from distributed import Worker, get_worker
from distributed.utils import sync

from harness.cluster.replies import LARGEST_REPLY, encode_refusal

CPUS = "LOOPCMP_CLUSTER_CPUS"
"""The environment variable of the engine's worker that names the CPUs of its units: "2,3"."""

TICK = 1.0
"""The seconds between two looks at whether the job is still wanted."""

RENEWAL = 10.0
"""The seconds between two renewals of a submitter's lease, and between two looks at it."""

LEASE = 40.0
"""The seconds without a renewal after which a submitter is taken to have gone, or a cable to be cut."""

_END = 5.0
"""The seconds within which the process ends everything that a job has started."""


def do_job(job: bytes, lease: str) -> bytes:
    """Return the reply to a job. The engine calls this in a thread of its worker."""
    watch = _Watch.of(get_worker(), lease)
    return run_in_process(job, watch.still_wanted, os.environ.get(CPUS))


def run_in_process(job: bytes, wanted: Callable[[], bool], cpus: str | None) -> bytes:
    """Do a job in a process of ours; once it is unwanted, all of it is ended, and there is no reply."""
    command = [sys.executable, "-P", "-m", "harness.cluster.unit", *([cpus] if cpus else [])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        collected = _Collected(process)
        try:
            collected.start(job)
            while not collected.ended(TICK):
                if not wanted():
                    return encode_refusal("the job was not wanted any more")
        finally:
            _end(process)
        return collected.reply()


class _Collected:
    """Feeds a process its job and collects what it answers, within bounds, in two threads."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._parts: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)

    def start(self, job: bytes) -> None:
        self._reader.start()
        threading.Thread(target=self._write, args=[job], daemon=True).start()

    def _write(self, job: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it has ended, which the reader sees
            self._process.stdin.write(job.rstrip(b"\n") + b"\n")  # a line without an end would be waited for
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        output, left = self._process.stdout.fileno(), LARGEST_REPLY + 1
        while left > 0 and (part := os.read(output, min(left, 2**20))):
            self._parts.append(part)
            left -= len(part)

    def ended(self, seconds: float) -> bool:
        """Wait so long, and return whether everything has been read."""
        self._reader.join(seconds)
        return not self._reader.is_alive()

    def reply(self) -> bytes:
        reply = b"".join(self._parts)
        if len(reply) > LARGEST_REPLY:
            return encode_refusal(f"the unit came to more than {LARGEST_REPLY} bytes")
        return reply or encode_refusal("the process that measured it ended before it had answered")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close the job's standard input, at which it ends everything; end it by force where it does not."""
    with suppress(OSError):
        assert process.stdin is not None
        process.stdin.close()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()


@dataclass(slots=True)
class _Watch:
    """Knows whether a job is still wanted: its key, the engine's worker, and the submitter's lease."""

    worker: Worker
    key: object
    lease: str
    seen: object = None
    renewed: float = 0.0
    looked: float = 0.0

    @classmethod
    def of(cls, worker: Worker, lease: str) -> "_Watch":
        now = time.monotonic()
        return cls(worker, worker.get_current_task(), lease, renewed=now, looked=now)

    def still_wanted(self) -> bool:
        """Decide whether the engine and the submitter still want the job."""
        task = self.worker.state.tasks.get(self.key)
        if task is None or task.state not in _WANTED or self.worker.status.name not in _AT_WORK:
            return False
        now = time.monotonic()
        if now - self.looked >= RENEWAL:
            self.looked = now
            value = self._value_of_lease()
            if value is not None and value != self.seen:
                self.seen, self.renewed = value, now
        return now - self.renewed < LEASE

    def _value_of_lease(self) -> object:
        with suppress(Exception):  # the link is cut, which the lease's age tells
            return sync(
                self.worker.loop,
                self.worker.scheduler.get_metadata,
                keys=[self.lease],
                default=None,
                callback_timeout=RENEWAL,
            )
        return None


_WANTED = frozenset({"executing", "long-running"})
_AT_WORK = frozenset({"running", "paused", "init"})
