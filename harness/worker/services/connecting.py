"""Connections of a client to a service on loopback, by plain sockets."""

import resource
import socket
import ssl
from time import monotonic, sleep

from harness.protocol.traffic import Opening

LOOPBACK = "127.0.0.1"

LARGEST_READ = 256 * 1024
"""The most bytes that are asked for at once."""

KEY = "bG9vcGNtcC1sb29wY21wLQ=="
"""What a WebSocket's opening request holds; any 16 bytes will do (RFC 6455)."""

HANDSHAKE = (
    "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()


class Refused(Exception):
    """A service that did not take a connection; the message is a whole predicate."""


def connect(port: int, opening: Opening, patience: float) -> socket.socket:
    """Open a connection and do what it begins with; the socket blocks. Raises Refused or OSError."""
    connection = _connected(port, patience)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if opening is Opening.TLS:
        return _client_context().wrap_socket(connection)
    if opening is Opening.WEBSOCKET:
        _shake_hands(connection)
    return connection


RETRY, LATEST = 0.01, 5.0
"""The seconds between two attempts to connect, and after which nobody listens any more."""


def _connected(port: int, patience: float) -> socket.socket:
    """Return a connection; a service that opens its socket itself may take a while. Raises OSError."""
    end = monotonic() + min(patience, LATEST)
    while True:
        try:
            return socket.create_connection((LOOPBACK, port), timeout=patience)
        except ConnectionRefusedError:
            if monotonic() >= end:
                raise
            sleep(RETRY)


SPARE = 100
"""The descriptors that a process needs beside those of a crowd's connections."""


def allow_descriptors(connections: int) -> None:
    """Let this process have as many connections at once, as far as its hard limit goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _client_context() -> ssl.SSLContext:
    """Make a context that takes any certificate: it is the service's own, made at run time."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _shake_hands(connection: socket.socket) -> None:
    connection.sendall(HANDSHAKE)
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = connection.recv(LARGEST_READ)
        if not received:
            break
        answer += received
    if not answer.startswith(b"HTTP/1.1 101 "):
        raise Refused(f"answered a WebSocket's opening with {answer[:80]!r}")
