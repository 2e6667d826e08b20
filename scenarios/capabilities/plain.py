"""The other side of a connection, by blocking sockets: what is tried is one side of the loop, not both."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import Any

from scenarios.capabilities.capability import PATIENCE

CHUNK = 1 << 16


@contextmanager
def listener() -> Iterator[socket.socket]:
    """A socket that listens; the kernel connects clients to it before they are accepted."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@contextmanager
def echo_server() -> Iterator[Any]:
    """The address of a server, in a thread of its own, that gives back what comes."""
    with listener() as listening:
        thread = Thread(target=echo_all, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            listening.shutdown(socket.SHUT_RDWR)  # which ends accept()
            thread.join()


def echo_all(listening: socket.socket) -> None:
    """Serve every client until the listener is shut down, also where one is never ended."""
    with DefaultSelector() as selector:
        selector.register(listening, EVENT_READ)
        with suppress(OSError):
            while True:
                for key, _ in selector.select():
                    if key.fileobj is listening:
                        accepted, _ = listening.accept()
                        accepted.settimeout(PATIENCE)
                        selector.register(accepted, EVENT_READ)
                    else:
                        give_back(key.fileobj, selector)
        for key in [*selector.get_map().values()]:
            if isinstance(key.fileobj, socket.socket) and key.fileobj is not listening:
                key.fileobj.close()


def give_back(connection: Any, selector: DefaultSelector) -> None:
    """Give back what came; close a connection that has ended, or cannot take it."""
    with suppress(OSError):
        if data := connection.recv(CHUNK):
            connection.sendall(data)
            return
    selector.unregister(connection)
    connection.close()


def reset(connection: socket.socket) -> None:
    """End a connection without a word: the other side is told that it was reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
