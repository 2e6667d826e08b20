"""Forks a process of ours for each job of a host: `python -m harness.cluster.forking [CPU,CPU…]`.

Jobs come as frames on standard input, and replies go as frames to standard output, one for each job. The
process has one thread and has imported what a job needs: to import it anew took more than a second of each.
Once standard input is closed, whoever wanted the reply has gone, and everything of the job ends. On Linux
this process adopts what a job leaves behind, and ends it before it replies.
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import NoReturn

from harness.cluster.frames import read_frame, write_frame
from harness.cluster.replies import LARGEST_REPLY, encode_refusal
from harness.cluster.unit import reply_to
from harness.execution.orphans import adopt_the_next, adopted
from harness.protocol.parent import end_with
from harness.runner.measuring import load_statistics

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""The variables by which numpy's libraries know how many threads to start; by default one for each CPU."""

GRACE = 2.0
"""The seconds within which a job that is no longer wanted may put away what it has open."""

_PATIENCE = 2.0
"""The seconds for which processes that go on forking are ended again and again."""


def main() -> int:
    """Have a child do each job, and pass on its reply, until there is none or nobody wants it any more."""
    adopt_the_next()
    jobs, replies = _take_pipes()
    _load_with_one_thread()
    while (job := read_frame(jobs)) is not None:
        reply = _reply_of_child(job, jobs)
        if reply is None:
            return 1
        write_frame(replies, reply)
    return 0


def _take_pipes() -> tuple[int, int]:
    """Return the pipes of jobs and of replies, and keep both from whatever a job prints or reads."""
    pipes = os.dup(sys.stdin.fileno()), os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return pipes


def _load_with_one_thread() -> None:
    """Import what intervals are computed with, without the threads that it starts unless it is told not to.

    What a job starts has the variables that this process was given.
    """
    given = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    load_statistics()
    for name, value in given.items():
        del os.environ[name]
        if value is not None:
            os.environ[name] = value


def _reply_of_child(job: bytes, jobs: int) -> bytes | None:
    """Return what a child replies to a job, once all that it started has ended; None if nobody wants it."""
    parent = os.getpid()
    answer, end = os.pipe()
    child = os.fork()
    if child == 0:
        end_with(parent)
        _do_and_exit(job, end)
    os.close(end)
    reply = _read_while_wanted(answer, jobs)
    if reply is None:
        _ask_to_end(child, answer)
    os.close(answer)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _end_adopted()
    return reply


def _read_while_wanted(answer: int, jobs: int) -> bytes | None:
    """Return what a child replies, or that it has ended before; None once the pipe of jobs is closed."""
    ready, _, _ = select.select([answer, jobs], [], [])
    if answer not in ready:
        return None
    return read_frame(answer) or encode_refusal("the process that measured it ended before it had replied")


def _ask_to_end(child: int, answer: int) -> None:
    """Give a child the time to put away its folders."""
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGTERM)
    select.select([answer], [], [], GRACE)


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


def _do_and_exit(job: bytes, answer: int) -> NoReturn:
    """Do a job in the child, which never comes back to what its parent was about."""
    try:
        signal.signal(signal.SIGTERM, _leave)
        reply = reply_to(job, sys.argv[1:])
        if len(reply) > LARGEST_REPLY:
            reply = encode_refusal(f"the unit came to more than {LARGEST_REPLY} bytes")
        write_frame(answer, reply)
    finally:
        os._exit(0)


def _leave(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(1)


if __name__ == "__main__":
    os._exit(main())  # at once: to take apart all that was imported takes 0.3 s of CPU
