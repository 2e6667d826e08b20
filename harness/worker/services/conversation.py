"""What one client sees of a service from its first request until the service has ended.

The client blocks, in a thread beside the loop; what it saw is the result of the observation, so that
backends are compared by it like by any other scenario's.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Thread

import anyio
from anyio import from_thread
from anyio.lowlevel import current_token

from harness.protocol.traffic import Answering, Traffic
from harness.worker.services.answers import NotHttp, Response, no_success, parse
from harness.worker.services.binding import BoundService, opened
from harness.worker.services.connecting import LARGEST_READ, Refused, connect
from harness.worker.services.varying import LEARNED, VaryingTemplate, varying_template

PATIENCE = 5.0
"""The seconds that a client waits for an answer before it says that it had none."""

STARTING = 60.0
"""The seconds for the first answer, before which a service may import much: the case's own limit ends it."""

LOOKING = 0.005
"""The seconds between two looks at whether the client is done."""

CHANGING = "what changes from one answer to the next"
"""The name of what a client does not compare."""

Words = tuple[int, list[str], bytes, list[int] | None]
"""Status, headers, body, and the sizes of chunks."""

Seen = dict[str, object]
"""What a client saw, under the name of what it did."""


async def converse(service: BoundService) -> Seen:
    """Serve on this loop while a client talks, until it has stopped the service; return what it saw.

    Raises ValueError where an application has no success for what it is asked.
    """
    stopping, token = anyio.Event(), current_token()

    def stop() -> None:
        with suppress(RuntimeError):  # it has ended of itself
            from_thread.run_sync(stopping.set, token=token)

    with opened(listens=not service.traffic.own_socket) as listener:
        client = Conversation(service.traffic, listener.getsockname()[1], stop)
        thread = Thread(target=client.talk)
        thread.start()
        try:
            await service.serve(listener, stopping.wait)
        finally:
            if not stopping.is_set():
                client.give_up()
                listener.close()  # who waits there for an answer learns that none will come
            with anyio.CancelScope(shield=True):
                while thread.is_alive():  # noqa: ASYNC110 - a thread that blocks sets no event of the loop's
                    await anyio.sleep(LOOKING)
    if client.refusal is not None:
        raise ValueError(client.refusal)
    return client.seen


class Conversation:
    """A client's talk with a service on this port; `stop` asks the service to end."""

    def __init__(self, traffic: Traffic, port: int, stop: Callable[[], None]) -> None:
        self._traffic = traffic
        self._port = port
        self._stop = stop
        self._is_over = False
        self._template: VaryingTemplate | None = None
        self.refusal: str | None = None
        self.seen: Seen = {}

    def give_up(self) -> None:
        """Begin nothing new: the service has ended before it was asked to."""
        self._is_over = True

    def talk(self) -> None:
        """Say everything that there is to say, the last of all while the service ends."""
        try:
            self._see("the answer", self._first_answer)
            self._see("the next answer on one connection", self._second_answer)
            for name, request in self._traffic.checks:
                self._see(name, lambda: self._answer(request))  # noqa: B023 - called at once
            if self._traffic.resets:
                self._see("after half a request and a reset", self._after_half_a_request)
                self._see("after a reset instead of reading", self._after_unread_answer)
            if self._traffic.ends:
                self._see("at its end", self._at_end)
        finally:
            self._stop()

    def _see(self, name: str, act: Callable[[], object]) -> None:
        if self._is_over:
            return
        try:
            self.seen[name] = act()
        except TimeoutError:
            self.seen[name] = f"no answer in {PATIENCE:g} s"
        except (OSError, Refused, NotHttp) as error:
            self.seen[name] = f"{type(error).__name__}"

    def _connected(self, patience: float = PATIENCE) -> socket.socket:
        return connect(self._port, self._traffic.opening, patience)

    def _first_answer(self) -> object:
        """Return the first answer, without what is seen to change in those that come after it."""
        with self._connected(STARTING) as connected:
            if not self._traffic.varies:
                return self._ask(connected)
            first = self._response(connected, self._traffic.request)
        if (why := no_success(first)) is not None:
            self.refusal, self._is_over = f"it {why}", True
            return why
        self._template = varying_template([first, *(self._another_response() for _ in range(1, LEARNED))])
        if self._template is None:
            self.seen[CHANGING] = "more than single words"
        elif gaps := self._template.gaps():
            self.seen[CHANGING] = gaps
        return self._in_words(first)

    def _another_response(self) -> Response:
        """Ask on a connection of its own: after an error a service may close it."""
        with self._connected() as connected:
            return self._response(connected, self._traffic.request)

    def _answer(self, request: bytes | None = None) -> object:
        with self._connected() as connected:
            return self._ask(connected, request)

    def _second_answer(self) -> object:
        with self._connected() as connected:
            return self._ask(connected) == self._ask(connected)

    def _after_half_a_request(self) -> object:
        half = self._traffic.request[: len(self._traffic.request) // 2]
        with self._connected() as connected:
            connected.sendall(half)
            _reset(connected)
        return self._answer() == self.seen["the answer"]

    def _after_unread_answer(self) -> object:
        with self._connected() as connected:
            connected.sendall(self._traffic.request)
            _reset(connected)
        return self._answer() == self.seen["the answer"]

    def _ask(self, connected: socket.socket, request: bytes | None = None) -> object:
        """Make a request and return what its answer is like."""
        sent = self._traffic.request if request is None else request
        if self._traffic.answering is Answering.HTTP:
            return self._in_words(self._response(connected, sent))
        connected.sendall(sent)
        return _exactly(connected, self._traffic.answer or b"")

    @staticmethod
    def _response(connected: socket.socket, request: bytes) -> Response:
        connected.sendall(request)
        return _response(connected)

    def _in_words(self, response: Response) -> Words:
        """Return a response in words, with a mark in the place of each word that changes."""
        if self._template is not None and self._template.has(response):
            response = self._template.hidden(response)
        return _in_words(response)

    def _at_end(self) -> object:
        """Return what becomes of a connection, with an answer under way if there can be one, at the end."""
        with self._connected() as connected:
            self._ask(connected)
            if self._traffic.slow is None:
                self._stop()
                return _rest(connected, b"")
            connected.sendall(self._traffic.slow)
            begun = connected.recv(LARGEST_READ)
            while begun and b"\r\n\r\n" not in begun[:-4]:
                begun += connected.recv(LARGEST_READ)
            self._stop()
            return _rest(connected, begun)


def _in_words(response: Response) -> Words:
    """Return status, headers without the date, body and chunks."""
    headers = [f"{name}: {value}" for name, value in response.headers if name != "date"]
    return response.status, headers, response.body, None if response.chunks is None else list(response.chunks)


def _response(connected: socket.socket) -> Response:
    """Read a whole response. Raises ConnectionResetError, TimeoutError or NotHttp."""
    data, closed = b"", False
    while (response := parse(data, closed=closed)) is None:
        if closed:
            raise ConnectionResetError
        received = connected.recv(LARGEST_READ)
        data, closed = data + received, not received
    return response


def _exactly(connected: socket.socket, answer: bytes) -> str:
    """Read as many bytes as an answer has, and say whether they are it."""
    received = b""
    while len(received) < len(answer):
        chunk = connected.recv(LARGEST_READ)
        if not chunk:
            return f"{len(received)} of {len(answer)} bytes, then the end"
        received += chunk
    return "as expected" if received == answer else "other bytes"


def _rest(connected: socket.socket, begun: bytes) -> object:
    """Return what else comes until the service closes the connection."""
    data = begun
    try:
        while received := connected.recv(LARGEST_READ):
            data += received
    except ConnectionResetError:
        return "reset" if not begun else "reset in the middle"
    if not begun:
        return "closed"
    response = parse(data, closed=False)
    return "cut off" if response is None else _in_words(replace(response, headers=()))


def _reset(connected: socket.socket) -> None:
    """Have the connection reset when it is closed (SO_LINGER with a time of 0, see socket(7))."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
