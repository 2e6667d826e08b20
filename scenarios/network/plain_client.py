"""A client of blocking sockets and nothing else: the same program, whatever loop it talks to.

Run as a script: `plain_client.py HOST PORT SIZE CONNECTIONS TIMES`. It prints the port on which it waits
for the one who conducts it; for every byte from there, each connection sends a message, then each waits
for its echo, so many times, and the number of right echoes goes back in eight bytes.
"""

import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

RESULT = 8
"""Bytes of an answer: a number, the highest byte first."""


@contextmanager
def plain_client(
    address: tuple[str, int], *, size: int, connections: int, times: int
) -> Iterator[tuple[str, int]]:
    """The program below in a process of its own, ended in the end; gives where it can be conducted."""
    words = map(str, (*address, size, connections, times))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, *words], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield address[0], int(process.stdout.readline())
        finally:
            process.kill()


def main(host: str, port: str, size: str, connections: str, times: str) -> None:
    """Connect, and exchange messages as told until the conductor has gone."""
    sent = random.Random(int(size)).randbytes(int(size))
    with socket.create_server((host, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        conductor, _ = listener.accept()
    clients = [socket.create_connection((host, int(port))) for _ in range(int(connections))]
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while conductor.recv(1):
        right = sum(exchange(clients, sent) for _ in range(int(times)))
        conductor.sendall(right.to_bytes(RESULT, "big"))


def exchange(clients: list[socket.socket], sent: bytes) -> int:
    """Send on every connection, then wait for every echo; gives how many came back as they were."""
    for client in clients:
        client.sendall(sent)
    return sum(client.recv(len(sent), socket.MSG_WAITALL) == sent for client in clients)


if __name__ == "__main__":
    main(*sys.argv[1:])
