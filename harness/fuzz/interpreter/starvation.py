"""How long this process has waited for a CPU: what is late on a busy machine is not the loop's fault."""

from harness.protocol.run_queue import nanoseconds_ready


def seconds_waited() -> float:
    """Seconds for which the threads have stood in line for a CPU so far, in all; 0 where nobody tells.

    A worker thread that stands in line is late itself, and keeps all others waiting if it holds the lock of
    the interpreter.
    """
    return sum(nanoseconds_ready("self")) / 1e9
