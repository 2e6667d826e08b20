"""The processes of ours that fork one for each job of a host, as the engine's worker there has them."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from harness.cluster.frames import read_frame, write_frame
from harness.cluster.replies import encode_refusal

ENDED = "the process that measured it ended before it had replied"

UNWANTED = "its host ended it, for the submitter had gone or was not heard of any more"

TICK = 1.0
"""The seconds between two looks at whether a job is still wanted."""

_END = 5.0
"""The seconds within which a process ends everything that a job has started."""


def command_of(cpus: str) -> list[str]:
    """Return what to start for units on these CPUs; on all where none is named."""
    return [sys.executable, "-P", "-m", "harness.cluster.forking", *filter(None, [cpus])]


class JobProcess:
    """A process that does one job after another, each in a process that it forks for it."""

    def __init__(self, command: Sequence[str], submitter: str) -> None:
        self.submitter = submitter
        self.was_wanted = True
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs, self._replies = self._process.stdin, self._process.stdout
        self._exchange: _Exchange | None = None

    @property
    def is_running(self) -> bool:
        """Whether it can be given a job."""
        return self._process.poll() is None

    def reply_to(self, job: bytes, wanted: Callable[[], bool]) -> bytes | None:
        """Return the reply to a job; None where it is not wanted any more, or the process has ended."""
        self._exchange = exchange = _Exchange(self._jobs.fileno(), self._replies.fileno(), job)
        while not exchange.ended(TICK):
            if not wanted():
                self.was_wanted = False
                return None
        return exchange.reply

    def end(self) -> None:
        """Close the pipe of jobs, at which everything ends; end it by force where it does not."""
        if self._exchange is not None and self._exchange.is_writing:
            self._process.kill()  # it does not read, and would not see that the pipe is closed
            self._exchange.ended(_END)
        self._jobs.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._exchange is None or self._exchange.ended(_END):
            self._replies.close()  # not while it is read: the descriptor may be another file's soon


class _Exchange:
    """A job on its way to a process, and its reply on the way back, in a thread."""

    def __init__(self, jobs: int, replies: int, job: bytes) -> None:
        self.reply: bytes | None = None
        self.is_writing = True
        self._thread = threading.Thread(target=self._run, args=[jobs, replies, job], daemon=True)
        self._thread.start()

    def _run(self, jobs: int, replies: int, job: bytes) -> None:
        with suppress(OSError):  # it has ended: there is no reply
            write_frame(jobs, job)
        self.is_writing = False
        self.reply = read_frame(replies)

    def ended(self, seconds: float) -> bool:
        """Wait so long, and return whether there is a reply or will never be one."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


class JobProcesses:
    """The processes of one worker of the engine that wait for their next job; one, unless jobs overlap."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._waiting: deque[JobProcess] = deque()

    def reply_to(self, job: bytes, submitter: str, wanted: Callable[[], bool]) -> bytes:
        """Return the reply to a job, for as long as it is wanted, and keep the process for the next one."""
        process = self._take(submitter)
        reply = None
        try:
            reply = process.reply_to(job, wanted)
        finally:
            if reply is None:
                process.end()
        if reply is None:
            return encode_refusal(ENDED if process.was_wanted else UNWANTED)
        self._waiting.append(process)
        return reply

    def _take(self, submitter: str) -> JobProcess:
        """Return a process that waits for this submitter's next job, or a new one; end those of others.

        Each submitter has one that imports what is installed by then.
        """
        while self._waiting:
            process = self._waiting.popleft()
            if process.submitter == submitter and process.is_running:
                return process
            process.end()
        return JobProcess(self._command, submitter)

    def end(self) -> None:
        """End all that wait."""
        while self._waiting:
            self._waiting.popleft().end()
