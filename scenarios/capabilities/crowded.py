"""A listener to which no further connection can be made, so that a connect waits until it is cancelled."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

FULL = 0.1
"""Seconds without an answer after which a listener's queue counts as full: on loopback it comes at once."""

MOST = 64
"""Connections that a listener's queue may take at the most; Linux takes one more than it is told."""


@contextmanager
def crowded_listener() -> Iterator[tuple[str, int]]:
    """The address of a listener that accepts nobody and whose queue is full."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        host, port = listener.getsockname()
        for _ in range(MOST):
            waiting = sockets.enter_context(socket.socket())
            waiting.settimeout(FULL)
            try:
                waiting.connect((host, port))
            except TimeoutError:
                break
        yield host, port
