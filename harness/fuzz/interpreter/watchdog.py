"""Ends the process when a program takes too long, after its trace so far has been sent."""

import os
import threading
from collections.abc import Callable
from time import monotonic

_GLANCE = 0.1
"""Seconds between two looks at the program that is running."""

STATUS = 70
"""The exit status of a process that its own watchdog has ended."""


class Watchdog:
    """A daemon thread that looks now and then whether the program at work is overdue.

    It needs the interpreter's lock: where a loop hangs in C and keeps it, the parent ends the process.
    """

    def __init__(self) -> None:
        self._overdue: tuple[float, Callable[[], None]] | None = None
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def begin(self, seconds: float, report: Callable[[], None]) -> None:
        """From now on, after this many seconds: call `report`, then end the process."""
        self._overdue = (monotonic() + seconds, report)

    def end(self) -> None:
        """The program has ended in time."""
        self._overdue = None

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(_GLANCE):
            overdue = self._overdue
            if overdue is not None and monotonic() >= overdue[0]:
                overdue[1]()
                os._exit(STATUS)
