"""Signals that ask the program to end become an exception, so that all that is open is closed in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what `kill` and service managers send, and a terminal that was closed."""


class Interrupted(BaseException):
    """A signal has asked the program to end; `advice` says how to go on.

    It is no Exception, and no KeyboardInterrupt either, which typer would answer in its own way.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)
        self.advice = "the same command begins again"

    @property
    def exit_code(self) -> int:
        """The exit code that a shell gives for a program that this signal has ended."""
        return 128 + self.signal

    def __str__(self) -> str:
        ended = "interrupted" if self.signal is signal.SIGINT else f"ended by {self.signal.name}"
        return f"{ended}; {self.advice}"


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Have each of these signals raise Interrupted, but for those that whoever started the program ignores.

    `nohup` ignores SIGHUP, and a shell without job control ignores SIGINT for what runs in the background.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise Interrupted(number)
