"""A worker that gave no answer is asked where it hangs: where its tasks wait, or else its stack."""

import os
import signal
import time
from contextlib import suppress

import msgspec

from harness.execution.containment import is_stopped
from harness.execution.output import OutputReader
from harness.execution.templates import Process
from harness.protocol.evidence import WaitingTask
from harness.protocol.messages import STACK_SIGNAL, TASKS_SIGNAL, WAITING

TASKS_PATIENCE = 3.0
"""The seconds in which a worker must say where its tasks wait: its own code has to run for that."""

STACK_PATIENCE = 0.2
"""The seconds in which a worker must write its stack, which needs nothing of Python."""

STOPPED = "it was stopped by a signal"


class _Said(msgspec.Struct):
    """A message of a worker's, if it says where tasks wait."""

    kind: str
    message: tuple[WaitingTask, ...] = ()


_said = msgspec.json.Decoder(_Said)


def ask_where(worker: Process, output: OutputReader) -> tuple[tuple[WaitingTask, ...], str]:
    """Return where a worker's tasks wait, and a note if it had been stopped.

    One that is stopped is woken for its answer. One that is stuck in C code says nothing, and has its stack
    written on standard error by faulthandler.
    """
    pid = worker.pid
    note = STOPPED if is_stopped(pid) else ""
    _signal(pid, TASKS_SIGNAL, signal.SIGCONT)
    deadline = time.monotonic() + TASKS_PATIENCE
    while worker.poll() is None and time.monotonic() < deadline:
        output.read(STACK_PATIENCE / 10)
        while (line := output.next_message()) is not None:
            with suppress(msgspec.MsgspecError, RecursionError):
                if (said := _said.decode(line)).kind == WAITING:
                    return said.message, note
    _signal(pid, STACK_SIGNAL)
    deadline = time.monotonic() + STACK_PATIENCE
    while worker.poll() is None and time.monotonic() < deadline:
        output.read(STACK_PATIENCE / 10)
    return (), note


def _signal(pid: int, *numbers: int) -> None:
    for number in numbers:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
