"""A capture notes everything that a scenario does beside returning: prints, warnings, log records, leaks."""

import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from types import TracebackType
from typing import NamedTuple, Self, TextIO

from harness.backends.runtime import Runtime
from harness.protocol.descriptions import Description, DiagnosticKind
from harness.protocol.observations import Diagnostic, Leaks, multiset
from harness.worker.captured_output import CapturedOutput, text_output
from harness.worker.describing import Describer
from harness.worker.frames import stable_text
from harness.worker.open_descriptors import (
    child_processes,
    descriptor_in_words,
    open_descriptors,
    process_in_words,
)
from harness.worker.refusals import Undescribable
from harness.worker.waiting import waiting_tasks

_LOG_KINDS: tuple[tuple[str, DiagnosticKind], ...] = (
    ("exception was never retrieved", "never-retrieved"),
    ("was destroyed but it is pending", "destroyed-pending"),
    ("unclosed", "unclosed"),
)


THREAD_GRACE = 1.0
"""The seconds that threads are given to end after the loop was closed, before they count as left."""

MOST_REPORTED = 1000
"""The most diagnostics, and left files, that are reported one by one; a flood of them is cut off here."""

MOST_DETAILS = 20
"""The things left that are named; all of them are counted."""

_SPARE_DESCRIPTORS = 3
"""The descriptors that counting what is left takes, held ready for a scenario that leaves none free."""


class _Alive(NamedTuple):
    """What a process has at one time: threads, the numbers of open descriptors, the ids of its children."""

    threads: set[threading.Thread]
    descriptors: set[int]
    children: set[str]


class Capture:
    """Notes what happens from `with` to its end; nothing that it keeps holds an exception alive."""

    def __init__(self, describer: Describer, runtime: Runtime, own_file: str = "") -> None:
        self._describer = describer
        self._runtime = runtime
        self._own_file = own_file
        self._loggers = [logging.getLogger(name) for name in runtime.loggers]
        self._handler = _Handler(self._log)
        self._diagnostics: list[Diagnostic] = []
        self._printed = CapturedOutput()
        self._output = text_output(self._printed)
        self._stdout: TextIO = sys.stdout
        self._warnings = warnings.catch_warnings()
        self._folder = _current_folder()
        self._before = self._alive()
        self._spare_descriptors = [os.open(os.devnull, os.O_RDONLY) for _ in range(_SPARE_DESCRIPTORS)]

    def __enter__(self) -> Self:
        self._warnings.__enter__()
        warnings.simplefilter("always")
        warnings.showwarning = self._warning
        for logger in self._loggers:
            logger.addHandler(self._handler)
            logger.propagate = False
        sys.unraisablehook = self._unraisable
        threading.excepthook = self._thread_error
        self._stdout, sys.stdout = sys.stdout, self._output
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.stdout = self._stdout
        sys.unraisablehook = sys.__unraisablehook__
        threading.excepthook = threading.__excepthook__
        for logger in self._loggers:
            logger.removeHandler(self._handler)
            logger.propagate = True
        self._warnings.__exit__(kind, error, trace)

    @property
    def prints(self) -> tuple[str, ...]:
        """Lines printed to sys.stdout, in order."""
        with suppress(ValueError):  # the scenario has closed it
            self._output.flush()
        return self._printed.printed_lines()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Warnings, log records and unraisable errors, as a multiset."""
        return multiset(self._diagnostics)

    def leaks(self) -> Leaks:
        """Return what is there now and was not when the capture was made."""
        self._let_threads_end()
        while self._spare_descriptors:
            with suppress(OSError):  # the scenario has closed it
                os.close(self._spare_descriptors.pop())
        before, now = self._before, self._alive()
        counts = Leaks(
            tasks=self._runtime.pending_tasks(),
            threads=len(now.threads - before.threads),
            descriptors=max(0, len(now.descriptors) - len(before.descriptors)),
            children=max(0, len(now.children) - len(before.children)),
            files=tuple(sorted(_files(self._folder))),
        )
        return replace(counts, details=tuple(self._details(counts, before, now)[:MOST_DETAILS]))

    def _details(self, counts: Leaks, before: "_Alive", now: "_Alive") -> list[str]:
        """Name what was left, of every kind of which something was."""
        details = []
        if counts.tasks:
            details += [str(task) for task in waiting_tasks(self._runtime, self._own_file)]
        if counts.threads:
            details += [f"thread {thread.name}" for thread in now.threads - before.threads]
        if counts.descriptors:
            added = map(descriptor_in_words, sorted(now.descriptors - before.descriptors))
            details += [f"descriptor: {stable_text(words)}" for words in added if words is not None]
        if counts.children:
            added_pids = sorted(now.children - before.children, key=int)
            details += [f"child process: {stable_text(process_in_words(pid))}" for pid in added_pids]
        return details

    def _let_threads_end(self) -> None:
        """Wait a moment for threads that were asked to end: AnyIO asks its own and does not wait."""
        deadline = monotonic() + THREAD_GRACE
        for thread in self._alive().threads - self._before.threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _alive(self) -> "_Alive":
        """Return the threads, open descriptors and child processes, as far as the system tells."""
        is_pool_thread = self._runtime.is_pool_thread
        threads = {thread for thread in threading.enumerate() if not is_pool_thread(thread)}
        return _Alive(threads, open_descriptors(), child_processes())

    def _report(self, kind: DiagnosticKind, error: BaseException | None, message: str) -> None:
        self._add(Diagnostic(kind, self._describe(error), stable_text(message)))

    def _add(self, diagnostic: Diagnostic) -> None:
        if len(self._diagnostics) < MOST_REPORTED:
            self._diagnostics.append(diagnostic)
        else:
            self._diagnostics[MOST_REPORTED:] = [
                Diagnostic("other", Description(f"more than {MOST_REPORTED} reports"))
            ]

    def _describe(self, error: BaseException | None) -> Description | None:
        try:
            return None if error is None else self._describer.describe(error)
        except Undescribable:
            return Description(type(error).__name__)

    def _log(self, record: logging.LogRecord) -> None:
        message = _message_of(record.getMessage)
        first = message.partition("\n")[0].lower()
        kind: DiagnosticKind = next((kind for mark, kind in _LOG_KINDS if mark in first), "other")
        self._report(kind, record.exc_info[1] if record.exc_info else None, message)

    def _warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,  # noqa: ARG002 - the shape of warnings.showwarning
        lineno: int,  # noqa: ARG002
        file: TextIO | None = None,  # noqa: ARG002
        line: str | None = None,  # noqa: ARG002
    ) -> None:
        text = _message_of(message.__str__)
        if issubclass(category, RuntimeWarning) and "was never awaited" in text:
            self._report("never-awaited", None, text)
        elif issubclass(category, ResourceWarning):
            self._report("unclosed", None, text)
        else:
            self._add(Diagnostic("other", Description(category.__name__), stable_text(text)))

    def _unraisable(self, unraisable: "sys.UnraisableHookArgs") -> None:
        self._report("other", unraisable.exc_value, unraisable.err_msg or "unraisable")

    def _thread_error(self, args: threading.ExceptHookArgs) -> None:
        self._report("other", args.exc_value, "in a thread")


def _message_of(message_of: Callable[[], str]) -> str:
    """Return a message; one that raises when it is asked for is no reason to fail."""
    try:
        return message_of()
    except Exception as error:  # noqa: BLE001 - a scenario's __str__ may do anything
        return f"its wording raises {type(error).__name__}"


class _Handler(logging.Handler):
    """Passes records of WARNING and above on, and keeps none."""

    def __init__(self, receive: Callable[[logging.LogRecord], None]) -> None:
        super().__init__(logging.WARNING)
        self._receive = receive

    def emit(self, record: logging.LogRecord) -> None:
        self._receive(record)


def _current_folder() -> str:
    """Return the worker's own folder, which is its temporary folder too; an empty name once it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


_RANDOM = re.compile(r"\btmp[a-z0-9_]{8}")  # as tempfile draws them


def _files(folder: str) -> Iterator[str]:
    """Yield the files in the worker's folder, without what `tempfile` draws at random in their names."""
    count = 0
    with suppress(RecursionError):  # folders nested without end
        for parent, _, file_names in os.walk(folder):
            for name in file_names:
                count += 1
                if count > MOST_REPORTED:
                    yield f"more than {MOST_REPORTED} files"
                    return
                yield _RANDOM.sub("tmp…", os.path.relpath(os.path.join(parent, name), folder))
