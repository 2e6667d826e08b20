"""The child's command line: `python -P -m harness.fuzz.interpreter COMMANDS REPLIES PARENT`.

The first message says on which loop, the others bring programs, and each program is answered by one message.
"""

import importlib
import sys
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

import anyio

from harness.backends.backend import Backend, Loop
from harness.backends.runtime import NotALoop, Runtime, open_backend
from harness.fuzz.interpreter.channel import Channel
from harness.fuzz.interpreter.execution import Execution
from harness.fuzz.interpreter.laws import Laws
from harness.fuzz.interpreter.real_time import RealTime, Time
from harness.fuzz.interpreter.starvation import seconds_waited
from harness.fuzz.interpreter.statements import STATEMENTS
from harness.fuzz.interpreter.watchdog import Watchdog
from harness.protocol.parent import end_with


def main() -> None:
    """Run the programs that the parent sends until it closes the pipe."""
    commands, replies, parent = map(int, sys.argv[1:])
    end_with(parent)
    channel = Channel(commands, replies)
    job = channel.receive()
    for fault in job["faults"]:
        _plant(fault)
    try:
        running = open_backend(Backend(Loop(**job["loop"]), job["gatherer"]))
        running.check()
    except (ImportError, AttributeError, NotALoop) as error:
        channel.send("unavailable", str(error))
        return
    interpreter = Interpreter(running, channel, job)
    channel.send("ready")
    while True:
        try:
            message = channel.receive()
        except EOFError:
            return
        for program in message["message"]:
            interpreter.run(program)


def _plant(path: str) -> None:
    """Run a file that breaks this process's loop on purpose, to find out whether it is noticed."""
    import runpy  # noqa: PLC0415 - only tests of the specification need it

    file, _, name = path.partition("::")
    runpy.run_path(file)[name]()


def _time_of(virtual: str, running: Runtime) -> Callable[[], Time]:
    """What makes the time of each run: virtual for the library that is named, else real."""
    if not virtual:
        return lambda: RealTime(running.options)
    module = importlib.import_module(f"harness.fuzz.interpreter.virtual_{virtual}")
    make: Callable[[], Time] = module.VirtualTime
    return make


class Interpreter:
    """Runs programs one after the other, each on a loop of its own."""

    def __init__(self, running: Runtime, channel: Channel, job: dict[str, Any]) -> None:
        self._running = running
        self._channel = channel
        self._new_time = _time_of(job["virtual"], running)
        self._watchdog = Watchdog()
        self._laws = Laws(running)  # last: what is there now is not looked through for garbage again

    def run(self, program: dict[str, Any]) -> None:
        """Run one program, and send its trace, its breaches of the laws, and what escaped from the loop."""
        time = self._new_time()
        execution = Execution(program, self._running, time, STATEMENTS)
        self._watchdog.begin(program["limit"], lambda: self._send(program, execution, "", [], hung=True))
        waited = 0.0 if time.is_virtual else seconds_waited()
        escaped = self._run(execution, time)
        self._watchdog.end()
        execution.starved = 0.0 if time.is_virtual else seconds_waited() - waited
        breaches = self._laws.take(execution.tasks_left, used_threads=program["threads"])
        self._send(program, execution, escaped, breaches, hung=False)

    def _run(self, execution: Execution, time: Time) -> str:
        backend = self._running.anyio_backend
        run = partial(anyio.run, execution.main, backend=backend, backend_options=time.options)
        try:
            copy_context().run(run)  # what a loop lets leak out of a context is not to reach the next program
        except BaseException as error:  # noqa: BLE001 - whatever leaves the loop is what we look for
            return f"{type(error).__name__}: {error}"[:300]
        return ""

    def _send(
        self,
        program: dict[str, Any],
        execution: Execution,
        escaped: str,
        breaches: list[tuple[str, str]],
        *,
        hung: bool,
    ) -> None:
        message = {
            "number": program["number"],
            "trace": [*execution.trace],
            "breaches": breaches,
            "escaped": escaped,
            "hung": hung,
            "starved": execution.starved,
        }
        self._channel.send("ran", message)


if __name__ == "__main__":
    main()
