"""The parent's side of one worker: start it, talk to it within a deadline, end its whole group."""

import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from harness.custody import Custody, is_stopped, remove
from harness.observation import Ended
from harness.outlets import Outlets

T = TypeVar("T")

DEEPEST = 250
"""Levels of a message: ours take up to 213, and str() of a description of 330 is a RecursionError."""

_INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Reply:
    """One message from a worker: its kind, and its content as plain JSON values."""

    kind: str
    message: Any = None

    def read(self, shape: type[T]) -> T:
        """The content as a value of this shape. Raises msgspec.ValidationError if it has another."""
        return msgspec.convert(self.message, shape)


def _is_nested_deeper(message: object, levels: int) -> bool:
    match message:
        case dict():
            parts = list(message.values())
        case list():
            parts = message
        case _:
            return False
    return levels == 0 or any(_is_nested_deeper(part, levels - 1) for part in parts)


_reply = msgspec.json.Decoder(Reply)


class Worker:
    """A worker process in a session of its own; leaving the `with` block ends its whole group.

    `cpus` are the CPUs it is pinned to before Python starts in it; None leaves it free. Once `stop`
    is set, from another thread, `receive` ends the worker. `memory` is what it may use, in bytes; None
    means custody's share of the machine's. After `lifetime` seconds it is ended whatever it says.
    `python` is the interpreter it runs on, and `module` the program that it runs.
    """

    def __init__(
        self,
        job: dict[str, object],
        cpus: frozenset[int] | None = None,
        stop: Event | None = None,
        memory: int | None = None,
        lifetime: float | None = None,
        python: str = sys.executable,
        module: str = "harness.worker",
    ) -> None:
        self._stop = stop
        self._lifetime = lifetime
        self._until = math.inf if lifetime is None else time.monotonic() + lifetime
        self._folder = tempfile.TemporaryDirectory(prefix="loopcmp-", ignore_cleanup_errors=True)
        theirs_in, self._commands = os.pipe()
        self._replies, theirs_out = os.pipe()
        with _pinned(cpus):
            self._process = subprocess.Popen(
                [python, "-P", "-X", "faulthandler", "-m", module,
                 str(theirs_in), str(theirs_out), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(theirs_in, theirs_out),
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                start_new_session=True,
            )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._custody = Custody(self._process.pid, self._folder.name, memory)
        outputs = {name: getattr(self._process, name).fileno() for name in ("stderr", "stdout")}
        self._outlets = Outlets(self._replies, outputs)
        self._write(job)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def send(self, kind: str, message: object = None) -> None:
        """Send one message; that a worker has already gone is found out by `receive`."""
        self._write({"kind": kind, "message": message})

    def _write(self, message: dict[str, object]) -> None:
        with suppress(BrokenPipeError):
            os.write(self._commands, msgspec.json.encode(message) + b"\n")

    def receive(self, seconds: float) -> Reply | Ended:
        """The worker's next message, or how it ended; one that says nothing for `seconds` is ended."""
        deadline = time.monotonic() + seconds
        while True:
            if (line := self._outlets.message()) is not None:
                return self._understand(line)
            if self._outlets.overflows:
                return self._ended("wrote more than a message may hold")
            if self._stop is not None and self._stop.is_set():
                return self._ended("was ended, for the run was interrupted")
            now = time.monotonic()
            if now >= min(deadline, self._until):
                return self._late(seconds)
            if now >= self._outlets.silent_since + _LINGERING:
                return self._ended("closed the pipe on which it answers and went on")
            gone = self._process.poll() is not None
            wait = 0 if gone else min(deadline - now, self._until - now, _PATIENCE)
            if not self._outlets.read(wait) and gone:
                return self._gone()

    def _understand(self, line: bytes) -> Reply | Ended:
        if time.monotonic() >= self._until:
            return self._late(0)
        try:
            reply = _reply.decode(line)
        except (msgspec.MsgspecError, RecursionError):
            return self._ended(f"wrote what is no message: {line[:80]!r}")
        brackets = line.count(b"[") + line.count(b"{")
        if brackets > DEEPEST and _is_nested_deeper(reply.message, DEEPEST):
            return self._ended(f"wrote a message that is nested too deeply: {line[:80]!r}")
        return reply

    def _late(self, seconds: float) -> Ended:
        if time.monotonic() >= self._until and self._lifetime is not None:
            return self._ended(f"was not done after {self._lifetime:g} s", timed_out=True)
        return self._ended(f"gave no answer for {seconds:g} s", timed_out=True)

    def _gone(self) -> Ended:
        """How a worker ended of itself."""
        status = self._process.returncode
        note = _OUT_OF_MEMORY if status == -signal.SIGKILL else ""
        return self._ended(_how(status), note)

    def _ended(self, how: str, note: str = "", *, timed_out: bool = False) -> Ended:
        if timed_out:
            note = self._ask_where()
        self._kill()
        self._outlets.read(0)
        return Ended(how, "\n".join(filter(None, [*self._outlets.said, note])), timed_out)

    def _ask_where(self) -> str:
        """Have a silent worker write where it hangs: faulthandler answers SIGABRT with its stack.

        One that was stopped is said to be, and woken for its answer.
        """
        note = "it was stopped by a signal" if is_stopped(self._process.pid) else ""
        for number in (signal.SIGABRT, signal.SIGCONT):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self._process.pid, number)
        deadline = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            self._outlets.read(_PATIENCE / 10)
        return note

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """End the worker's group and all its descendants, and give back everything that it held here."""
        self._kill()
        self._custody.end()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        os.close(self._commands)
        os.close(self._replies)
        remove(self._folder)


_PATIENCE = 0.2
"""Seconds between two looks at whether the process is still there; its end closes the pipe anyway."""

_LINGERING = 2.0
"""Seconds in which a worker that has closed its answers is to end: the system closes last of all."""

_OUT_OF_MEMORY = "loopcmp did not send SIGKILL; the system does when memory runs out"


def _how(status: int) -> str:
    if status >= 0:
        return f"exited with status {status} before it had answered"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def _environment(folder: str) -> dict[str, str]:
    """Built, not inherited: nothing like PYTHONASYNCIODEBUG or PYTHONWARNINGS gets through."""
    built = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**built, "LANG": "C.UTF-8", "TMPDIR": folder}


@contextmanager
def _pinned(cpus: frozenset[int] | None) -> Iterator[None]:
    """Start children on these CPUs: a child inherits them from the thread that starts it.

    Pinned before exec, so that threads which a library makes when imported are pinned too.
    """
    if cpus is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
