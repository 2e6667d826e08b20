"""The reader of what a worker writes: messages on a pipe of their own, and the end of its two outputs."""

import math
import os
import select
import time
from collections.abc import Mapping

from harness.protocol.messages import LONGEST_MESSAGE
from harness.protocol.portable_text import without_folders

KEPT_OUTPUT = 64 * 1024
"""The bytes that are kept of the end of a worker's standard output, and as many of its standard error."""


class OutputReader:
    """Reads whatever comes, so that a worker never blocks on what it says.

    `replies` and the `outputs`, by name, are descriptors, which are made not to block; whoever opened
    them closes them.
    """

    def __init__(self, replies: int, outputs: Mapping[str, int]) -> None:
        self._received = bytearray()
        self._searched = 0
        self._last = {name: bytearray() for name in outputs}
        self.silent_since = math.inf
        """The time on the monotonic clock since which nobody holds the other end of `replies`."""
        self._open = select.poll()  # three descriptors: cheaper to listen to than by way of selectors
        self._names = {descriptor: name for name, descriptor in {"replies": replies, **outputs}.items()}
        for descriptor in self._names:
            os.set_blocking(descriptor, False)
            self._open.register(descriptor, select.POLLIN)

    def read(self, seconds: float) -> bool:
        """Take in what arrives within `seconds`; return False if there was nothing."""
        arrived = False
        for descriptor, _ in self._open.poll(math.ceil(seconds * 1000)):
            name, received = self._names[descriptor], os.read(descriptor, KEPT_OUTPUT)
            if not received:
                self._open.unregister(descriptor)
                if name == "replies":
                    self.silent_since = time.monotonic()
            elif name == "replies":
                self._received += received
            else:
                last = self._last[name]
                last += received
                del last[:-KEPT_OUTPUT]
            arrived = arrived or bool(received)
        return arrived

    def next_message(self) -> bytes | None:
        """Return the next whole message, searched for only in what has arrived since the last call."""
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
        """Whether what has arrived without an end is longer than any message may be."""
        return len(self._received) > LONGEST_MESSAGE

    @property
    def last_output(self) -> tuple[str, ...]:
        """The end of each output, as text, without the folders of libraries."""
        return tuple(
            without_folders(bytes(last).strip().decode(errors="replace")) for last in self._last.values()
        )
