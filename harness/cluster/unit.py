"""Does one job on a host, in a process of ours: `python -m harness.cluster.unit [CPU,CPU…]`.

The job is a line on standard input, and the reply is written to standard output. Once standard input is
closed, whoever wanted the reply has gone, and everything of the job ends. On Linux this process adopts what
the job leaves behind, and ends it.
"""

import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from harness.cluster.jobs import Job, decode_job
from harness.cluster.replies import encode_entries, encode_refusal
from harness.errors import LoopcmpError
from harness.execution.orphans import adopt_the_next, adopted
from harness.protocol.parent import end_with
from harness.records.entries import Entry, HostJoined
from harness.runner.joining import describe_host
from harness.runner.measuring import measure_unit
from harness.runner.state import RunState
from harness.runner.units import Unit

GRACE = 2.0
"""The seconds within which a job that is no longer wanted may put away what it has open."""

_PATIENCE = 2.0
"""The seconds for which processes that go on forking are ended again and again."""


def main() -> int:
    """Do the job in a child, and end with it; end it where nobody wants it any more."""
    line = sys.stdin.buffer.readline()
    adopt_the_next()
    running, done = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(running)
        end_with(parent)
        _do_and_exit(line)
    os.close(done)
    unwanted = _wait(running)
    if unwanted:
        _ask_to_end(child, running)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _end_adopted()
    return int(unwanted or status != 0)


def _wait(running: int) -> bool:
    """Wait until the child has ended, or nobody wants its reply: True."""
    ready, _, _ = select.select([running, sys.stdin.fileno()], [], [])
    return running not in ready


def _ask_to_end(child: int, running: int) -> None:
    """Give a child the time to put away its folders."""
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGTERM)
    select.select([running], [], [], GRACE)


def _end_adopted() -> None:
    """End whatever the job has left, which is a child of ours by now."""
    deadline = time.monotonic() + _PATIENCE
    while (left := adopted()) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _do_and_exit(line: bytes) -> NoReturn:
    """Do the job and write its reply, in the child; what goes wrong is a reply too."""
    signal.signal(signal.SIGTERM, _leave)
    replies = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    try:
        _pin(sys.argv[1:])
        reply = _reply_to(decode_job(line))
    except LoopcmpError as error:
        reply = encode_refusal(str(error))
    except Exception as error:  # noqa: BLE001 - the submitter is told, whatever it is
        reply = encode_refusal(f"loopcmp itself failed there: {type(error).__name__}: {error}")
    with open(replies, "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(reply)
    os._exit(0)


def _leave(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(1)


def _pin(words: list[str]) -> None:
    """Keep the job to its CPUs; workers are pinned among them."""
    if words and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(cpu) for cpu in words[0].split(",")})


def _reply_to(job: Job) -> bytes:
    with tempfile.TemporaryDirectory(prefix="loopcmp-job-") as folder:
        if job.files:
            os.chdir(folder)
        for name, content in job.files:
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return encode_entries(tuple(_entries(job)))


def _entries(job: Job) -> Iterator[Entry]:
    if not job.benchmarks:
        yield HostJoined(1, describe_host(job.run))
        return
    state = RunState(replace(job.run, benchmarks=job.benchmarks))
    with closing(measure_unit(state, Unit(job.benchmarks))) as entries:
        for entry in entries:
            state.add(entry)
            yield entry


if __name__ == "__main__":
    sys.exit(main())
