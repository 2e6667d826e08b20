"""trio in virtual time: its own mock clock, which jumps to the next deadline when every task waits."""

from math import inf
from typing import Any

from trio.testing import MockClock


class VirtualTime:
    """The time of one run: see `RealTime`."""

    is_virtual = True

    def __init__(self) -> None:
        self._clock = MockClock(autojump_threshold=0)
        self.options: dict[str, Any] = {"clock": self._clock}

    def stop(self) -> None:
        """Time is not to jump: a worker thread is at work, of which trio's clock knows nothing."""
        self._clock.autojump_threshold = inf

    def go(self) -> None:
        """Time may jump again."""
        self._clock.autojump_threshold = 0
