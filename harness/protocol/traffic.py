"""What a driver sends to a service, and how it knows that an answer is whole and right.

It imports the standard library alone, because workers import it.
"""

from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from enum import StrEnum


class Opening(StrEnum):
    """What a connection begins with before its first request."""

    PLAIN = "plain"
    TLS = "tls"
    WEBSOCKET = "websocket"


class Answering(StrEnum):
    """How a driver knows what the answer to its request is."""

    EXACT = "exact"
    """The answer is known in advance, byte for byte."""
    HTTP = "http"
    """It is an HTTP/1.1 response: what the first request is answered is what every other one must be."""


class Serves(StrEnum):
    """What a service serves: the protocol over which its clients ask."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    TCP = "tcp"


CONNECTIONS = 32
"""The connections that a driver keeps open: so many that a server is seldom without a request to answer."""


CROWD = 1000
"""The connections that a service has at once when it is crowded, beside those over which it is asked."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """One request that is made again and again over a number of connections, each kept open.

    `answer` is all that comes back for an exact answer, and the body of an HTTP response, where None is
    whatever the first request is answered. The driver compares every byte but those of a date, and of words
    that change where the traffic `varies`.
    """

    request: bytes
    answer: bytes | None = None
    answering: Answering = Answering.EXACT
    opening: Opening = Opening.PLAIN
    connections: int = CONNECTIONS
    checks: tuple[tuple[str, bytes], ...] = ()
    """What else a client asks an HTTP service when it is checked, each request under a name."""
    slow: bytes | None = None
    """A request whose answer begins at once and takes a while, for a service that ends meanwhile."""
    resets: bool = True
    """Whether a client resets its connection when the service is checked."""
    ends: bool = True
    """Whether a client is connected when the service that is checked ends."""
    own_socket: bool = False
    """Whether the service opens a socket of its own, on the port of the one it is given, which it closes."""
    varies: bool = False
    """Whether words of an HTTP response may change from one request to the next, as times and numbers do."""

    @property
    def serves(self) -> Serves:
        """What the service that is asked so serves."""
        if self.opening is Opening.WEBSOCKET:
            return Serves.WEBSOCKET
        return Serves.HTTP if self.answering is Answering.HTTP else Serves.TCP


@dataclass(frozen=True, slots=True)
class Offer:
    """What a worker that serves says when it listens: its port, and its traffic with the bytes in base64."""

    port: int
    request: str
    answer: str | None
    answering: Answering
    opening: Opening
    connections: int
    startup: int
    """The CPU time in nanoseconds that the worker used until then."""
    varies: bool = False

    @property
    def traffic(self) -> Traffic:
        """The traffic that the service is offered for."""
        answer = None if self.answer is None else a2b_base64(self.answer)
        answering, opening = Answering(self.answering), Opening(self.opening)
        request = a2b_base64(self.request)
        return Traffic(request, answer, answering, opening, self.connections, varies=self.varies)


def offer_of(traffic: Traffic, port: int, startup: int) -> Offer:
    """Write a traffic so that JSON can carry it."""
    return Offer(
        port=port,
        request=b2a_base64(traffic.request, newline=False).decode(),
        answer=None if traffic.answer is None else b2a_base64(traffic.answer, newline=False).decode(),
        answering=traffic.answering,
        opening=traffic.opening,
        connections=traffic.connections,
        startup=startup,
        varies=traffic.varies,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """A driver's order: so many requests to the service of an arm.

    Without a `rate`, each connection asks again as soon as it has its answer. With one, so many requests a
    second become due whatever was answered, and each one's time is counted from when it was due.
    `patience` is how many seconds may pass without a byte from the service.
    """

    arm: str
    requests: int
    patience: float
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Driven:
    """What a batch took, in nanoseconds: from its first byte to its last, and the driver's own CPU time."""

    requests: int
    wall: int
    cpu: int
    p99: float = 0.0
    """The 99th percentile of the times of requests that were asked at a rate; 0 where they were not."""


class Fault(StrEnum):
    """What a driver can find wrong with a service."""

    CLOSED = "closed"
    SILENT = "silent"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Broken:
    """A service that did not answer as it should: what was wrong, and a whole predicate about it."""

    fault: Fault
    how: str


def masked_frame(text: bytes) -> bytes:
    """Write a client's text frame of less than 64 KiB, with a mask of zeros, which changes nothing."""
    length = len(text)
    head = bytes([0x81, 0x80 | length]) if length < 126 else bytes([0x81, 0xFE]) + length.to_bytes(2, "big")  # noqa: PLR2004 - RFC 6455
    return head + bytes(4) + text


def frame(text: bytes) -> bytes:
    """Write a server's text frame of less than 64 KiB."""
    length = len(text)
    head = bytes([0x81, length]) if length < 126 else bytes([0x81, 126]) + length.to_bytes(2, "big")  # noqa: PLR2004 - RFC 6455
    return head + text
