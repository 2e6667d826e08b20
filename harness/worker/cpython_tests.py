"""CPython's own event-loop tests run over any loop: this lists those that this Python has, and runs one.

They are the mixins of `test.test_asyncio` that leave open which loop they run on. The fixture of a test calls
public methods alone: CPython's own way to close a loop asks for attributes that only its loops have.
"""

import asyncio
import importlib
import re
import traceback
import unittest
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any

from harness.backends.backend import Loop
from harness.protocol.cpython_tests import TESTS_MISSING, UnittestOutcome, UnittestReport
from harness.worker.refusals import Refusal

PACKAGE = "test.test_asyncio"


@dataclass(frozen=True, slots=True)
class Suite:
    """A mixin of tests, in its module; `fixture` is another mixin, whose fixture it needs."""

    module: str
    mixin: str
    fixture: str = ""


SUITES = (
    Suite("test_events", "EventLoopTestsMixin"),
    Suite("test_events", "SubprocessTestsMixin", fixture="EventLoopTestsMixin"),
    Suite("test_sock_lowlevel", "BaseSockTestsMixin"),
    Suite("test_buffered_proto", "BaseTestBufferedProtocol"),
    Suite("test_server", "BaseStartServer"),
    Suite("test_sslproto", "BaseStartTLS"),
    Suite("test_sendfile", "SendfileTestsBase"),
    Suite("test_subprocess", "SubprocessMixin"),
)
"""The mixins that take a loop from a method which their users define, or from an attribute."""

Error = tuple[type[BaseException], BaseException, TracebackType]


class NoTestsHere(Refusal):
    """The worker's Python comes without the tests that it was tested with."""

    kind = TESTS_MISSING


def list_tests() -> list[str]:
    """Return the tests of this Python, each as `module.mixin.test_name`. Raises NoTestsHere."""
    return [
        f"{suite.module}.{suite.mixin}.{name}"
        for suite in SUITES
        if (mixin := getattr(_module(suite.module), suite.mixin, None)) is not None
        for name in unittest.TestLoader().getTestCaseNames(mixin)
    ]


def run_test(test: str, loop: Loop) -> UnittestReport:
    """Run one test on this kind of loop. Raises NoTestsHere, and what importing the loop raises."""
    module, mixin, name = test.split(".")
    suite = next(suite for suite in SUITES if (suite.module, suite.mixin) == (module, mixin))
    return run_case(case_of(suite, _factory(loop)), name)


def run_case(kind: type[unittest.TestCase], name: str) -> UnittestReport:
    """Run one method of a test case, with the fixtures of its class and module."""
    case, listener = kind(name), Listener()
    setattr(case, name, listener.around(getattr(case, name)))
    unittest.TestSuite([case]).run(listener)
    return listener.report()


def _factory(loop: Loop) -> Callable[[], asyncio.AbstractEventLoop]:
    module, _, attribute = (loop.factory or "asyncio:new_event_loop").partition(":")
    factory: Callable[[], asyncio.AbstractEventLoop] = getattr(importlib.import_module(module), attribute)
    return factory


def _module(name: str) -> Any:
    try:
        return importlib.import_module(f"{PACKAGE}.{name}")
    except ImportError as error:
        raise NoTestsHere(str(error)) from error


def case_of(suite: Suite, factory: Callable[[], asyncio.AbstractEventLoop]) -> type[unittest.TestCase]:
    """Return a test case of a mixin, on the loops that `factory` makes."""
    module = _module(suite.module)
    mixins = [getattr(module, mixin) for mixin in (suite.mixin, suite.fixture) if mixin]
    functional = any(hasattr(mixin, "new_loop") for mixin in mixins)
    base = unittest.TestCase if functional else _module("utils").TestCase
    makes_loop = functional or any(hasattr(mixin, "setUp") for mixin in mixins)
    parts = (_Fixture, *([] if makes_loop else [_WithLoop]), *mixins, base)
    return type(suite.mixin, parts, {"factory": staticmethod(factory), "__module__": module.__name__})


class _Fixture:
    """Defines what a mixin leaves to its users: which loop it is, and how it is closed."""

    factory: Callable[[], asyncio.AbstractEventLoop]

    def create_event_loop(self) -> asyncio.AbstractEventLoop:
        return self.factory()

    def new_loop(self) -> asyncio.AbstractEventLoop:
        return self.factory()

    @staticmethod
    def close_loop(loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


class _WithLoop:
    """Makes the loop of a mixin that takes it from an attribute."""

    def setUp(self: Any) -> None:
        super().setUp()  # type: ignore[misc]
        self.loop = self.create_event_loop()
        self.set_event_loop(self.loop)


MOST_FRAMES = 4
"""The most frames of a traceback that are kept as evidence: the last ones."""

LONGEST_LINE = 300
"""The most characters of a line of evidence."""

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
"""The address of an object, which is another one in every process."""


def _last_lines(kind: type[BaseException], raised: BaseException, trace: TracebackType) -> Iterator[str]:
    for line in "".join(traceback.format_exception_only(kind, raised)).strip().splitlines()[:MOST_FRAMES]:
        yield _ADDRESS.sub("0x…", line[:LONGEST_LINE])
    for frame in [*traceback.extract_tb(trace)][-MOST_FRAMES:]:
        yield f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}"[:LONGEST_LINE]


class EventKind(Enum):
    """What unittest calls an event that it reports."""

    ERROR = auto()
    FAILURE = auto()
    SKIP = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """An event that unittest reported: its kind, and the error, if there was one."""

    kind: EventKind
    error: Error | None = None
    words: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """The error that was raised, and where, without the paths of this machine."""
        return (self.words,) if self.error is None else tuple(_last_lines(*self.error))


class Listener(unittest.TestResult):
    """Keeps the events that unittest reports, and knows a test's own error from one of its fixture."""

    def __init__(self) -> None:
        super().__init__()
        self._events: list[Event] = []
        self._raised_by_test: BaseException | None = None

    def around(self, method: Callable[[], Any]) -> Callable[[], Any]:
        """Return the test's method, wrapped so that the error it raises is remembered."""

        @wraps(method)
        def run() -> Any:
            try:
                return method()
            except BaseException as error:
                self._raised_by_test = error
                raise

        return run

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802, ARG002 - unittest's name
        """Keep an error."""
        self._events.append(Event(EventKind.ERROR, err))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802, ARG002
        """Keep an assertion that does not hold."""
        self._events.append(Event(EventKind.FAILURE, err))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802, ARG002
        """Keep the failure of a part of the test, if it failed."""
        if err is not None:
            self._events.append(Event(EventKind.FAILURE, err))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802, ARG002
        """Keep the reason for which it was skipped."""
        self._events.append(Event(EventKind.SKIP, words=reason))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802, ARG002
        """Keep that it passed, and was expected not to."""
        self._events.append(Event(EventKind.FAILURE, words="it passed, and was expected not to"))

    def report(self) -> UnittestReport:
        """Return what came of the test: an assertion that does not hold fails it, wherever it is made."""
        failed = [event for event in self._events if event.kind is EventKind.FAILURE or self._is_own(event)]
        if failed:
            return UnittestReport(_failure(failed[0].error), failed[0].evidence)
        for event in self._events:
            skipped = event.kind is EventKind.SKIP
            return UnittestReport(
                UnittestOutcome.SKIPPED if skipped else UnittestOutcome.FIXTURE, event.evidence
            )
        return UnittestReport(UnittestOutcome.PASSED)

    def _is_own(self, event: Event) -> bool:
        return event.error is not None and event.error[1] is self._raised_by_test


def _failure(error: Error | None) -> UnittestOutcome:
    """Decide whether the loop failed a test, or the test asks for what only asyncio's own loops have."""
    if error is None:
        return UnittestOutcome.FAILED
    kind, raised, trace = error
    if issubclass(kind, NotImplementedError):
        return UnittestOutcome.LACKS
    asks_for_internals = isinstance(raised, AttributeError) and _is_private(raised) and _raised_by_test(trace)
    return UnittestOutcome.PRIVATE if asks_for_internals else UnittestOutcome.FAILED


def _is_private(error: AttributeError) -> bool:
    """Whether the attribute that was asked for is private."""
    name = str(error.name or "")
    return name.startswith("_") and not name.startswith("__")


def _raised_by_test(trace: TracebackType) -> bool:
    """Whether the innermost frame of a traceback is in CPython's package of tests."""
    frames = traceback.extract_tb(trace)
    return bool(frames) and Path(frames[-1].filename).parent.name == PACKAGE.rpartition(".")[2]
