"""Runs programs on one backend, in a child process that is started again whenever it dies."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Event
from types import TracebackType
from typing import Self

import msgspec

from harness.backends.variables import values_of
from harness.errors import LoopcmpError
from harness.execution.process import Worker
from harness.fuzz.language import Program, last_instant, sockets_of, to_wire, walk
from harness.fuzz.outcomes import Ran, Run
from harness.fuzz.statements import Thread
from harness.fuzz.subject import Subject
from harness.protocol.observations import WorkerExit

INTERPRETER = "harness.fuzz.interpreter"

_START = 60.0
"""Seconds in which an interpreter must say that it is ready: a slow start is no hang."""

PATIENCE = 3.0
"""Seconds of the real clock that a program may take beyond its instants, before it counts as hung."""

LESS_PATIENCE = 0.7
"""The same where a program that hangs is made smaller, which takes many runs."""

_GRACE = 2.0
"""Seconds after which the parent ends an interpreter whose own watchdog has not."""


class CannotRun(LoopcmpError):
    """A backend whose interpreter does not start; the message says why."""

    exit_code = 3


class Interpreter:
    """An interpreter of one backend; leaving the `with` block ends it."""

    def __init__(self, subject: Subject, stop: Event | None = None) -> None:
        self._subject = subject
        self.patience = PATIENCE
        self._stop = stop
        self._worker: Worker | None = None
        self.deaths = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """End the child process, if there is one."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def run(self, programs: Sequence[Program], scale: int = 1) -> Iterator[Run]:
        """What each of these programs does, one after the other in one child process.

        Raises CannotRun where none can be started.
        """
        rest = list(enumerate(programs))
        while rest and not self._is_stopped():
            worker = self._started()
            worker.send("run", [self._message(number, program, scale) for number, program in rest])
            while rest and self._worker is not None:
                _, program = rest.pop(0)
                run = self._receive(worker, self._limit(program, scale))
                if self._is_stopped():
                    return
                yield run

    def run_one(self, program: Program, scale: int = 1) -> Run | None:
        """What one program does; None if the run was stopped meanwhile."""
        return next(self.run([program], scale), None)

    def run_alone(self, programs: Sequence[Program], scale: int = 1) -> Run | None:
        """What the last of these programs does in a child process that has run nothing but them."""
        self.end()
        run = None
        for run in self.run(programs, scale):  # noqa: B007 - the last one is asked for
            pass
        self.end()
        return run

    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    def _message(self, number: int, program: Program, scale: int) -> dict[str, object]:
        return {
            "number": number,
            "body": to_wire(program.body),
            "capacities": program.capacities,
            "sockets": sockets_of(program),
            "end": last_instant(program) + 1,
            "instant": self._subject.instant(scale),
            "limit": self._limit(program, scale),
            "threads": any(isinstance(statement, Thread) for statement in walk(program.body)),
        }

    def _limit(self, program: Program, scale: int) -> float:
        if self._subject.virtual:
            return self.patience
        return self.patience + 2 * (last_instant(program) + 1) * self._subject.instant(scale)

    def _started(self) -> Worker:
        if self._worker is not None:
            return self._worker
        subject = self._subject
        loop = subject.backend.loop
        job: dict[str, object] = {
            "loop": {
                "name": loop.name,
                "family": loop.family,
                "factory": loop.factory,
                "distribution": loop.distribution,
            },
            "gatherer": subject.backend.gatherer,
            "virtual": subject.virtual,
            "faults": subject.faults,
        }
        variables = values_of(subject.backend.variables, os.environ)
        worker = Worker(job, stop=self._stop, python=subject.python, module=INTERPRETER, variables=variables)
        reply = worker.receive(_START)
        if isinstance(reply, WorkerExit) or reply.kind != "ready":
            worker.end()
            why = f"{reply.how}; {reply.output}" if isinstance(reply, WorkerExit) else reply.message
            raise CannotRun(f"{subject.name} cannot be run: {why}")
        self._worker = worker
        return worker

    def _receive(self, worker: Worker, limit: float) -> Run:
        reply = worker.receive(limit + _GRACE)
        if not isinstance(reply, WorkerExit):
            with suppress(msgspec.ValidationError):
                ran = reply.read(Ran)
                if ran.hung:
                    self._died()
                return Run(ran)
            reply = WorkerExit("wrote what is no trace")
        self._died()
        how = "gave no answer any more" if reply.timed_out else reply.how
        return Run(Ran(0, []), died=how, timed_out=reply.timed_out, stderr=reply.output[-2000:])

    def _died(self) -> None:
        self.deaths += 1
        self.end()
