"""What no program may leave behind or bring about, whatever it does: the laws, and who watches over them."""

import gc
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import TextIO

from harness.backends.runtime import Runtime

MOST = 20
"""Breaches that are told of one program; the rest of a flood is cut off."""

_GRACE = 0.5
"""Seconds that threads are given to end, and descriptors to be closed, after the loop was closed."""

_GLANCE = 0.0005
"""Seconds between two looks at the threads: they end by themselves, and nobody tells when."""

_LONGEST = 300
"""Characters kept of what was logged or warned of."""


class Laws:
    """Listens from when it is made, and gives the breaches since it was last asked.

    A breach is a pair: the law's name, and the words that tell what was seen.
    """

    def __init__(self, running: Runtime) -> None:
        self._running = running
        self._breaches: list[tuple[str, str]] = []
        handler = _Handler(self._log)
        for name in running.loggers:
            logger = logging.getLogger(name)
            logger.addHandler(handler)
            logger.propagate = False
        warnings.simplefilter("always")
        warnings.showwarning = self._warning
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._thread_error
        gc.collect()
        gc.freeze()
        self._descriptors = _descriptors()
        self._threads = self._count_threads()

    def breach(self, law: str, words: str) -> None:
        """Write down one breach."""
        if len(self._breaches) < MOST:
            self._breaches.append((law, words[:_LONGEST].encode(errors="backslashreplace").decode()))

    def take(self, tasks_left: int, *, used_threads: bool) -> list[tuple[str, str]]:
        """The breaches of the program that has just ended, once its garbage is collected."""
        gc.collect()
        if tasks_left > 0:
            self.breach("tasks left", f"{tasks_left} tasks are alive at the end")
        self._check_descriptors()
        if used_threads:
            self._check_threads()
        self._check_children()
        breaches, self._breaches = self._breaches, []
        return breaches

    def _check_descriptors(self) -> None:
        """A loop may close what it has opened a moment later, from a thread of its own."""
        deadline = monotonic() + _GRACE
        while (descriptors := _descriptors()) > self._descriptors and monotonic() < deadline:
            sleep(_GLANCE)
        if descriptors > self._descriptors:
            self.breach("descriptors left", f"{descriptors - self._descriptors} more are open")
            self._descriptors = descriptors

    def _check_threads(self) -> None:
        deadline = monotonic() + _GRACE
        while (left := self._count_threads()) > self._threads and monotonic() < deadline:
            sleep(_GLANCE)
        if left > self._threads:
            self.breach("threads left", f"{left - self._threads} more are alive")
        self._threads = left

    def _count_threads(self) -> int:
        return sum(not self._running.is_pool_thread(thread) for thread in threading.enumerate())

    def _check_children(self) -> None:
        with suppress(ChildProcessError):  # it has none
            os.waitpid(-1, os.WNOHANG)
            self.breach("children left", "a child process is there")

    def _log(self, record: logging.LogRecord) -> None:
        words = _words(record.getMessage)
        if record.exc_info and (error := record.exc_info[1]) is not None:
            words += f" {error!r}"
        self.breach("logged", words)

    def _warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,  # noqa: ARG002 - the shape of warnings.showwarning
        lineno: int,  # noqa: ARG002
        file: TextIO | None = None,  # noqa: ARG002
        line: str | None = None,  # noqa: ARG002
    ) -> None:
        self.breach("warned", f"{category.__name__}: {_words(message.__str__)}")

    def _unraisable(self, unraisable: "sys.UnraisableHookArgs") -> None:
        self.breach("unraisable", f"{unraisable.err_msg or ''} {unraisable.exc_value!r}")

    def _thread_error(self, args: threading.ExceptHookArgs) -> None:
        self.breach("unraisable", f"in a thread: {args.exc_value!r}")


class _Handler(logging.Handler):
    def __init__(self, receive: Callable[[logging.LogRecord], None]) -> None:
        super().__init__(logging.WARNING)
        self._receive = receive

    def emit(self, record: logging.LogRecord) -> None:
        self._receive(record)


def _words(say: Callable[[], str]) -> str:
    """What a message says of itself; one that raises when asked says so."""
    try:
        return say()
    except Exception as error:  # noqa: BLE001 - a loop's own __str__ may do anything
        return f"its wording raises {type(error).__name__}"


def _descriptors() -> int:
    try:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208 - one descriptor fewer than iterdir holds open
    except OSError:
        return 0
