"""What a worker writes: messages on a pipe of their own, and the last of its standard output and error."""

import math
import os
import selectors
import time
from collections.abc import Mapping

from harness.protocol import LONGEST_MESSAGE

KEPT = 64 * 1024
"""Bytes kept of the end of a worker's standard output and error each."""


class Outlets:
    """Reads whatever comes, so that a worker never blocks on what it says.

    `replies` and the `outputs`, by name, are descriptors, which are made not to block; whoever opened
    them closes them.
    """

    def __init__(self, replies: int, outputs: Mapping[str, int]) -> None:
        self._received = bytearray()
        self._searched = 0
        self._kept = {name: bytearray() for name in outputs}
        self.silent_since = math.inf
        """The time on the monotonic clock since which nobody holds the other end of `replies`."""
        self._selector = selectors.DefaultSelector()
        for name, descriptor in {"replies": replies, **outputs}.items():
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ, name)

    def read(self, seconds: float) -> bool:
        """Take in what has arrived within `seconds`; False if there was nothing."""
        arrived = False
        for key, _ in self._selector.select(seconds):
            data = os.read(key.fd, KEPT)
            if not data:
                self._selector.unregister(key.fd)
                if key.data == "replies":
                    self.silent_since = time.monotonic()
            elif key.data == "replies":
                self._received += data
            else:
                kept = self._kept[key.data]
                kept += data
                del kept[:-KEPT]
            arrived = arrived or bool(data)
        return arrived

    def message(self) -> bytes | None:
        """The next whole message, searched for only in what has arrived since the last look."""
        end = self._received.find(b"\n", self._searched)
        self._searched = len(self._received)
        if end < 0:
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._searched = 0
        return line

    @property
    def overflows(self) -> bool:
        """Whether what has come without an end is longer than any message."""
        return len(self._received) > LONGEST_MESSAGE

    @property
    def said(self) -> tuple[str, ...]:
        """The last that came on each output, as text."""
        return tuple(bytes(kept).strip().decode(errors="replace") for kept in self._kept.values())

    def close(self) -> None:
        """Give back what listening takes."""
        self._selector.close()
