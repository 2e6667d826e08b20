"""The time of a run that is not virtual: the loop's own clock."""

from typing import Any, Protocol


class Time(Protocol):
    """The time of one run: options of `anyio.run`, and whether virtual time may jump."""

    options: dict[str, Any]
    is_virtual: bool

    def stop(self) -> None:
        """Virtual time is not to jump: a worker thread is at work."""

    def go(self) -> None:
        """Virtual time may jump again."""


class RealTime:
    """The loop's own clock, which nobody can stop."""

    is_virtual = False

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def stop(self) -> None:
        """Real time goes on."""

    def go(self) -> None:
        """Real time goes on."""
