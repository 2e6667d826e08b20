"""The parent's side of one worker: start it, talk to it within a deadline, end its whole group."""

import math
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from threading import Event
from typing import Self

import msgspec

from harness.backends.backend import SetVariables
from harness.backends.variables import worker_environment
from harness.execution.affinity import pinned_to
from harness.execution.containment import Containment, remove
from harness.execution.hanging import ask_where
from harness.execution.orphans import worker_starting
from harness.execution.output import OutputReader
from harness.execution.owned_folders import WORKERS, owned_folder, remove_what_the_dead_left
from harness.execution.reply import DEEPEST_MESSAGE, Reply, is_nested_deeper
from harness.execution.templates import Process, Template
from harness.execution.waiting import Patience, Stopwatch
from harness.protocol.evidence import WaitingTask
from harness.protocol.messages import UNMEASURED
from harness.protocol.observations import WorkerExit

_reply = msgspec.json.Decoder(Reply)


class Worker:
    """A worker process in a session of its own; leaving the `with` block ends its whole group.

    `cpus` are the CPUs it is pinned to before Python starts in it; None leaves it free. Once `stop`
    is set, from another thread, `receive` ends the worker. After `lifetime` seconds it is ended
    whatever it says. `python` is the interpreter it runs on, and `module` the program that it runs.
    `variables` are environment variables that it has besides the few that all have. It is forked from a
    `template` where there is one and it can be, and is started afresh otherwise. `under` is the command of a
    program that runs it, such as valgrind's.
    """

    def __init__(
        self,
        job: dict[str, object],
        cpus: frozenset[int] | None = None,
        stop: Event | None = None,
        lifetime: float | None = None,
        python: str = sys.executable,
        module: str = "harness.worker",
        variables: SetVariables = (),
        template: Template | None = None,
        under: tuple[str, ...] = (),
    ) -> None:
        self._stop = stop
        self._watch = Stopwatch()
        remove_what_the_dead_left()
        self._folder = owned_folder(WORKERS)
        worker_commands, self._commands = os.pipe()
        self._replies, worker_replies = os.pipe()
        with worker_starting(), pinned_to(cpus):
            pipes = (worker_commands, worker_replies)
            self._process: Process = (
                None if template is None else template.fork(pipes, self._folder.name)
            ) or _started(
                [*under, python, "-P", "-X", "faulthandler", "-m", module],
                pipes,
                self._folder.name,
                variables,
            )
            self._containment = Containment(self._process.pid, self._folder.name)
        self._life = Patience(self._process.pid, math.inf if lifetime is None else lifetime)
        os.close(worker_commands)
        os.close(worker_replies)
        outputs = {name: getattr(self._process, name).fileno() for name in ("stderr", "stdout")}
        self._output = OutputReader(self._replies, outputs)
        self._write(job)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def send(self, kind: str, message: object = None) -> None:
        """Send one message; that a worker has already gone is found out by `receive`."""
        self._write({"kind": kind, "message": message})

    def _write(self, message: dict[str, object]) -> None:
        with suppress(BrokenPipeError):
            os.write(self._commands, msgspec.json.encode(message) + b"\n")

    def receive(self, seconds: float) -> Reply | WorkerExit:
        """Return the next message, or how the worker ended; one that is silent for `seconds` is ended."""
        patience = Patience(self._process.pid, seconds)
        self._watch.restart()
        while (line := self._output.next_message()) is None:  # what has arrived counts before any deadline
            exited = self._process.poll() is not None
            if (end := self._given_up(patience, exited=exited)) is not None:
                return end
            wait = 0 if exited else max(0, min(patience.left, self._life.left, _PATIENCE))
            arrived = self._output.read(wait)
            spent = self._watch.spent(wait)
            patience.left -= spent
            self._life.left -= spent
            if exited and not arrived:
                return self._exited()
        return self._over(self._life) or self._decode(line)

    @property
    def pid(self) -> int:
        """The number by which the system knows the process."""
        return self._process.pid

    @property
    def stopped(self) -> float:
        """The seconds for which this process was stopped while it waited for the worker."""
        return self._watch.stopped

    def daemons(self) -> tuple[str, ...]:
        """Return what the worker has started that left it, each as its command; the worker still lives."""
        return self._containment.daemons()

    def _given_up(self, patience: Patience, *, exited: bool) -> Reply | WorkerExit | None:
        """End a worker that has nothing more to say in time; None while it may."""
        closed = self._output.silent_since < math.inf
        if self._output.overflows:
            return self._end_with("wrote more than a message may hold")
        if self._stop is not None and self._stop.is_set():
            return self._end_with("was ended, for the run was interrupted")
        for time_limit in (self._life, patience):
            if (end := self._over(time_limit, closed=closed)) is not None:
                return end
        if closed and not exited and time.monotonic() >= self._output.silent_since + _CLOSED_PATIENCE:
            return self._end_with("closed the pipe on which it answers and went on")
        return None

    def _over(self, patience: Patience, *, closed: bool = False) -> Reply | WorkerExit | None:
        """End a worker whose time is over; None while some is left, or as much was spent without a CPU."""
        if patience.left > 0:
            return None
        if closed or not patience.credit():
            return self._timed_out(patience)
        return self._starved(patience) if patience.is_starved else None

    def _decode(self, line: bytes) -> Reply | WorkerExit:
        try:
            reply = _reply.decode(line)
        except (msgspec.MsgspecError, RecursionError):
            return self._end_with(f"wrote what is no message: {line[:80]!r}")
        brackets = line.count(b"[") + line.count(b"{")
        if brackets > DEEPEST_MESSAGE and is_nested_deeper(reply.message, DEEPEST_MESSAGE):
            return self._end_with(f"wrote a message that is nested too deeply: {line[:80]!r}")
        return reply

    def _starved(self, patience: Patience) -> Reply:
        """Give up a worker that was given almost no CPU, which says nothing of its backend."""
        self._kill()
        waited = f"{patience.starved:.0f} s for a CPU within a time limit of {patience.seconds:g} s"
        return Reply(UNMEASURED, {"message": f"waited {waited}: end other programs"})

    def _timed_out(self, patience: Patience) -> WorkerExit:
        how = "was not done after" if patience is self._life else "gave no answer for"
        return self._end_with(f"{how} {patience.seconds:g} s", timed_out=True)

    def _exited(self) -> WorkerExit:
        """Say how a worker ended of itself."""
        status = self._process.returncode
        note = _OUT_OF_MEMORY if status == -signal.SIGKILL else ""
        return self._end_with(_how(status), note)

    def _end_with(self, how: str, note: str = "", *, timed_out: bool = False) -> WorkerExit:
        waiting: tuple[WaitingTask, ...] = ()
        if timed_out:
            waiting, note = ask_where(self._process, self._output)
        self._kill()
        self._output.read(0)
        output = "\n".join(filter(None, [*self._output.last_output, note]))
        return WorkerExit(how, output, timed_out, waiting)

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """End the worker's group and all its descendants, and give back everything that it held here."""
        self._kill()
        self._containment.end_descendants()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        os.close(self._commands)
        os.close(self._replies)
        remove(self._folder)


_PATIENCE = 0.2
"""The seconds between two checks whether the process still lives; its end closes the pipe anyway."""

_CLOSED_PATIENCE = 2.0
"""The seconds that a worker may live after its pipe closed: the system closes it last of all."""

_OUT_OF_MEMORY = "loopcmp did not send SIGKILL; the system does when memory runs out"


def _how(status: int) -> str:
    if status >= 0:
        return f"exited with status {status} before it had answered"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


DIGITS = 8
"""The digits of each number in a worker's command, so that all workers' commands are equally long.

Python allocates a text of two digits and has those of one: after that a task lies elsewhere in memory, and an
iteration of `order:n=1` took 0.42% fewer instructions in the workers that were started first.
"""


def _started(
    program: list[str], pipes: tuple[int, int], folder: str, variables: SetVariables
) -> "subprocess.Popen[bytes]":
    """Start a worker afresh, in a session of its own."""
    return subprocess.Popen(
        [*program, *(f"{number:0{DIGITS}}" for number in (*pipes, os.getpid()))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=pipes,
        cwd=folder,
        env=worker_environment(folder, variables),
        start_new_session=True,
    )
