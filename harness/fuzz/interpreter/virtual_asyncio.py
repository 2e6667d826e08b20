"""asyncio's own loop in virtual time: where it would wait for a timer, its clock jumps there instead."""

import asyncio
import selectors
from typing import Any


class Deadlock(Exception):
    """Nothing is left that could wake the loop."""


class _Selector(selectors.DefaultSelector):
    """Never waits: `passed` is the virtual time that its callers have asked it to wait so far."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = False
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events or timeout == 0:
            return events
        if self.stopped:
            return super().select(None)
        if timeout is None:
            raise Deadlock("no task can run, and no timer is left")
        self.passed += timeout
        return events


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, selector: _Selector) -> None:
        self._virtual = selector
        super().__init__(selector)

    def time(self) -> float:
        return self._virtual.passed


class VirtualTime:
    """The time of one run: see `RealTime`."""

    is_virtual = True

    def __init__(self) -> None:
        self._selector = _Selector()
        self.options: dict[str, Any] = {"loop_factory": lambda: _Loop(self._selector)}

    def stop(self) -> None:
        """Time is not to jump: a worker thread is at work, and will wake the loop."""
        self._selector.stopped = True

    def go(self) -> None:
        """Time may jump again."""
        self._selector.stopped = False
