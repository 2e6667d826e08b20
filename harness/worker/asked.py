"""A worker's answer when it is asked where it hangs."""

import faulthandler
import signal
from types import FrameType

from harness.backends.runtime import Runtime
from harness.protocol.messages import STACK_SIGNAL, TASKS_SIGNAL, WAITING
from harness.worker.channel import Channel


def answer_with_stack() -> None:
    """Until a scenario runs, answer with the stack alone: no task is there to be asked for.

    Without this a signal would end the worker, and nobody would learn where it hung.
    """
    signal.signal(TASKS_SIGNAL, signal.SIG_IGN)
    faulthandler.register(STACK_SIGNAL)


def answer_where_it_hangs(channel: Channel, file: str, runtime: Runtime) -> None:
    """From now on, say where tasks wait on the one signal; the stack is written on the other as before.

    `file` is the scenario's, whose lines are told first. The second is faulthandler's: it answers as well
    where no Python code can run.
    """

    def answer(number: int, interrupted: FrameType | None) -> None:  # noqa: ARG001 - the shape of a handler
        from harness.worker.waiting import where_it_hangs  # noqa: PLC0415 - few workers hang

        if not channel.is_sending:
            channel.send(WAITING, where_it_hangs(runtime, file, interrupted))

    signal.signal(TASKS_SIGNAL, answer)
