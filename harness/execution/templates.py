"""Templates: processes that have imported what the cases on one backend need, and fork a worker for each.

Most of a worker's time is the start of Python and its imports. Each of the processes that observe a case is
forked from a template of its own, so that they differ in their seed of hashes. A loop from elsewhere may
start threads when it is imported, which no fork has, or open files: its workers are always started afresh.
"""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from threading import Lock
from typing import IO, Protocol, Self

import msgspec

from harness.backends.backend import LOOPS, Backend, Loop
from harness.backends.variables import worker_environment
from harness.execution import orphans

FEWEST_CASES = 2
"""The cases of a backend from which on a template pays."""

PATIENCE = 30.0
"""The seconds within which a template must have imported everything, and fork."""


class Process(Protocol):
    """What is known of a worker's process, whichever way it was started."""

    pid: int
    returncode: int
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def poll(self) -> int | None:
        """Return how it ended; None while it lives."""

    def wait(self) -> int:
        """Wait for its end and return how it ended."""


class ForkedProcess:
    """A worker that was forked from a template and that this process has adopted."""

    def __init__(self, pid: int, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.pid = pid
        self.stdout: IO[bytes] | None = stdout
        self.stderr: IO[bytes] | None = stderr
        self.returncode = 0
        self._ended = False

    def poll(self) -> int | None:
        """Return how it ended; None while it lives. Raises ChildProcessError if it was not adopted."""
        return self._look(os.WNOHANG)

    def wait(self) -> int:
        """Wait for its end and return how it ended, as subprocess does: negative for a signal."""
        self._look(0)
        return self.returncode

    def _look(self, options: int) -> int | None:
        if not self._ended:
            pid, status = os.waitpid(self.pid, options)
            if pid == 0:
                return None
            self._ended, self.returncode = True, os.waitstatus_to_exitcode(status)
        return self.returncode


class Template:
    """One template, which is started when the first worker is wanted of it."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def pid(self) -> int | None:
        """The number by which the system knows its process; None while there is none."""
        return None if self._process is None else self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has been started and can be forked."""
        return self._process is not None and not self._failed

    def fork(self, pipes: tuple[int, int], folder: str) -> ForkedProcess | None:
        """Fork a worker that reads commands from one pipe and replies on the other; None if that fails.

        The start of a worker has been announced, so that no other takes it for an orphan of its own.
        """
        with self._lock:
            if self._failed:
                return None
            try:
                return self._forked(pipes, folder)
            except (OSError, ValueError):
                self._failed = True
                self._end()
                return None

    def _forked(self, pipes: tuple[int, int], folder: str) -> ForkedProcess:
        control = self._control or self._start(folder)
        orphans.adopt_the_next()
        output, worker_output = os.pipe()
        errors, worker_errors = os.pipe()
        streams = (open(output, "rb", 0), open(errors, "rb", 0))  # noqa: PTH123, SIM115 - descriptors
        try:
            socket.send_fds(control, [os.fsencode(folder)], [*pipes, worker_output, worker_errors])
            process = ForkedProcess(int(_line(control)), *streams)
            _check_adopted(process)
        except (OSError, ValueError):
            for stream in streams:
                stream.close()
            raise
        finally:
            os.close(worker_output)
            os.close(worker_errors)
        return process

    def _start(self, folder: str) -> socket.socket:
        """Start the template and wait until it has imported everything."""
        control, its_control = socket.socketpair()
        control.settimeout(PATIENCE)
        descriptor = its_control.fileno()
        self._control = control
        with its_control:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-X", "faulthandler", "-m", "harness.worker",
                 str(descriptor), str(descriptor), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(descriptor,),
                cwd="/",
                env=worker_environment(folder, ()),
                process_group=0,
            )  # fmt: skip
        control.sendall(msgspec.json.encode({"do": "prepare", "loop": self._loop}) + b"\n")
        _line(control)
        return control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _line(control: socket.socket) -> bytes:
    """Return the next line that a template sends. Raises OSError if it says nothing."""
    received = bytearray()
    while not received.endswith(b"\n"):
        more = control.recv(1000)
        if not more:
            raise ConnectionResetError("the template has ended")
        received += more
    return bytes(received)


def _check_adopted(process: ForkedProcess) -> None:
    """Raise OSError where there is no such process, or the system did not give it to this one."""
    if process.pid <= 0:
        raise ChildProcessError("it could not be forked")
    try:
        process.poll()
    except ChildProcessError:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        raise


class Templates:
    """The templates of a run: for each backend, as many as processes observe a case."""

    def __init__(self, backends: Iterable[Backend], processes: int) -> None:
        """Take the backend of every case that is to be observed."""
        self._stack = ExitStack()
        cases = Counter(filter(can_be_forked, backends))
        self._of = {
            (backend, number): self._stack.enter_context(Template(backend.loop))
            for backend, count in cases.items()
            if count >= FEWEST_CASES
            for number in range(processes)
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, backend: Backend, number: int) -> Template | None:
        """Return the template of a backend for the process of this number; None where each starts afresh."""
        return self._of.get((backend, number))


def can_be_forked(backend: Backend) -> bool:
    """Decide whether workers of a backend may be forked: a loop that is known, where loopcmp itself runs."""
    is_known = backend.loop in LOOPS or backend.loop.is_ours
    is_here = backend.environment is None and not backend.variables
    return sys.platform == "linux" and is_known and is_here
