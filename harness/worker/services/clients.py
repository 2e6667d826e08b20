"""The client of one service: connections that stay open, and batches of requests over them."""

import math
import selectors
import socket
from array import array
from collections import deque
from collections.abc import Callable
from functools import partial
from time import perf_counter, perf_counter_ns, thread_time_ns

from harness.protocol.messages import LatencySketch
from harness.protocol.traffic import Answering, Batch, Driven, Fault, Traffic
from harness.worker.operation_timer import OperationTimer
from harness.worker.services.answers import NotHttp, Template, no_success, parse, several_ways
from harness.worker.services.connecting import LARGEST_READ, Refused, allow_descriptors, connect
from harness.worker.services.connections import Connection, ServiceBroken
from harness.worker.services.varying import (
    LEARNED,
    AnswerTemplate,
    template_of_same,
    template_of_varying,
)

SPINNING = 0.003
"""The seconds before a request is due for which the driver does not wait: epoll counts milliseconds."""


class Client:
    """All connections to one service, and the times of requests that were due at a fixed rate."""

    def __init__(self, traffic: Traffic, port: int, patience: float) -> None:
        self._traffic = traffic
        self._port = port
        self._patience = patience
        self._selector = selectors.DefaultSelector()
        self._connections: list[Connection] = []
        self._crowd: list[Connection] = []
        self._template: AnswerTemplate = Template(b"")
        self._timer = OperationTimer()

    def close(self) -> None:
        """Close every connection."""
        for connection in (*self._connections, *self._crowd):
            connection.socket.close()
        self._selector.close()

    def connect(self) -> Driven:
        """Open the connections and make one request on each. Raises ServiceBroken or OSError."""
        try:
            template = self._learn()
        except (Refused, NotHttp) as error:
            raise ServiceBroken(Fault.WRONG, str(error)) from None
        except TimeoutError:
            raise ServiceBroken(Fault.SILENT, f"gave no answer for {self._patience:g} s") from None
        self._template = template
        for _ in range(self._traffic.connections):
            self._add_connection()
        return self._closed(Batch("", 2 * self._traffic.connections, self._patience))

    def _add_connection(self) -> None:
        connected = connect(self._port, self._traffic.opening, self._patience)
        connected.settimeout(0)
        connection = Connection(connected, self._traffic, self._template)
        self._connections.append(connection)
        self._selector.register(connected, selectors.EVENT_READ, connection)

    def _learn(self) -> AnswerTemplate:
        """Return what every answer must be: it is known, or what the first requests are answered."""
        traffic = self._traffic
        if traffic.answering is Answering.EXACT:
            return Template(traffic.answer or b"")
        with connect(self._port, traffic.opening, self._patience) as connected:
            answers = [_response(connected, traffic) for _ in range(LEARNED if traffic.varies else 2)]
        template = template_of_varying(answers) if traffic.varies else template_of_same(answers)
        if template is None:
            raise ServiceBroken(Fault.WRONG, several_ways(answers))
        return template

    def batch_of(self, batch: Batch) -> Callable[[], Driven]:
        """Return what runs a batch: as fast as it is answered, or at a rate."""
        return partial(self._paced if batch.rate else self._closed, batch)

    def _closed(self, batch: Batch) -> Driven:
        """Make so many requests, each connection the next once it has its answer.

        Raises ServiceBroken or OSError.
        """
        return self._ask_all(self._connections, batch)

    def _ask_all(self, connections: list[Connection], batch: Batch) -> Driven:
        left, select, wanted = batch.requests, self._selector.select, batch.requests
        cpu, start = thread_time_ns(), perf_counter_ns()
        for connection in connections[:left]:
            left -= 1
            self._ask(connection)
        while wanted:
            ready = select(batch.patience)
            if not ready:
                raise self._silent(batch, wanted)
            for key, events in ready:
                connection = key.data
                if events & selectors.EVENT_WRITE:
                    self._send_more(connection)
                if events & selectors.EVENT_READ and connection.receive():
                    wanted -= 1
                    if left:
                        left -= 1
                        self._ask(connection)
        return Driven(batch.requests, perf_counter_ns() - start, thread_time_ns() - cpu)

    def _paced(self, batch: Batch) -> Driven:
        """Ask requests when they are due, and time each from then. Raises ServiceBroken or OSError.

        A request for which no connection is free waits, and its waiting counts: a service that falls behind
        is not asked less (there is no coordinated omission).
        """
        interval, times = 1e9 / batch.rate, array("q")
        free, late = deque(self._connections), deque[int]()
        cpu, start = thread_time_ns(), perf_counter_ns()
        due, number, heard = start, 0, perf_counter()
        while len(times) < batch.requests:
            now = perf_counter_ns()
            while number < batch.requests and due <= now:
                late.append(due)
                number += 1
                due = start + int(number * interval)
            while late and free:
                connection = free.popleft()
                connection.due = late.popleft()
                self._ask(connection)
            wait = (due - now) / 1e9 if number < batch.requests else batch.patience
            for key, events in self._selector.select(wait if wait > SPINNING else 0):
                connection, heard = key.data, perf_counter()
                if events & selectors.EVENT_WRITE:
                    self._send_more(connection)
                if events & selectors.EVENT_READ and connection.receive():
                    times.append(perf_counter_ns() - connection.due)
                    free.append(connection)
            if perf_counter() - heard > batch.patience:
                raise self._silent(batch, batch.requests - len(times))
        wall, used = perf_counter_ns() - start, thread_time_ns() - cpu
        self._timer.take(times)
        return Driven(batch.requests, wall, used, _p99(times))

    def _ask(self, connection: Connection) -> None:
        if not connection.ask():
            self._selector.modify(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)

    def _send_more(self, connection: Connection) -> None:
        if connection.send_more():
            self._selector.modify(connection.socket, selectors.EVENT_READ, connection)

    def _silent(self, batch: Batch, unanswered: int) -> ServiceBroken:
        return ServiceBroken(
            Fault.SILENT,
            f"answered {batch.requests - unanswered} of {batch.requests} requests, "
            f"then gave no answer for {batch.patience:g} s",
        )

    def crowd(self, connections: int) -> Driven:
        """Open so many more connections and make one request on each; they stay open until `disperse`.

        Raises ServiceBroken or OSError.
        """
        allow_descriptors(connections)
        first = len(self._connections)
        cpu, start = thread_time_ns(), perf_counter_ns()
        for _ in range(connections):
            self._add_connection()
            self._ask_all(self._connections[-1:], Batch("", 1, self._patience))
        self._crowd = self._connections[first:]
        del self._connections[first:]
        return Driven(connections, perf_counter_ns() - start, thread_time_ns() - cpu)

    def disperse(self) -> None:
        """Close the connections of a crowd."""
        for connection in self._crowd:
            self._selector.unregister(connection.socket)
            connection.socket.close()
        self._crowd = []

    def latency_sketch(self) -> LatencySketch | None:
        """Return the quantiles of the times of all requests that were asked at a rate."""
        return self._timer.latency_sketch()


def _p99(times: "array[int]") -> float:
    """Return the 99th percentile of times: the smallest that 99% of them do not exceed."""
    return float(sorted(times)[math.ceil(len(times) * 0.99) - 1])


def _response(connected: socket.socket, traffic: Traffic) -> bytes:
    """Make one request on a socket that blocks and return the whole response. Raises ServiceBroken."""
    connected.sendall(traffic.request)
    data = b""
    while (response := parse(data)) is None:
        received = connected.recv(LARGEST_READ)
        if not received:
            raise ServiceBroken(Fault.CLOSED, "closed a connection instead of answering")
        data += received
    if (why := no_success(response)) is not None:
        raise ServiceBroken(Fault.WRONG, why)
    if traffic.answer is not None and response.body != traffic.answer:
        raise ServiceBroken(Fault.WRONG, f"answered with the body {response.body[:80]!r}")
    return data
