"""One connection to a service: a request that is sent piece by piece, and its answer."""

import socket
import ssl

from harness.protocol.traffic import Broken, Fault, Traffic
from harness.worker.services.connecting import LARGEST_READ
from harness.worker.services.varying import AnswerTemplate


class ServiceBroken(Exception):
    """A service does not answer as it should."""

    def __init__(self, fault: Fault, how: str) -> None:
        super().__init__(how)
        self.broken = Broken(fault, how)


class Connection:
    """One connection: what is still to be sent of a request, and what has come of its answer."""

    def __init__(self, connected: socket.socket, traffic: Traffic, template: AnswerTemplate) -> None:
        self.socket = connected
        self._request = traffic.request
        self._template = template
        self._received = b""
        self.unsent: memoryview | None = None
        self.due = 0

    def ask(self) -> bool:
        """Send the request, or as much of it as is taken; return whether all was."""
        self.unsent = memoryview(self._request)
        return self.send_more()

    def send_more(self) -> bool:
        """Send what is left of the request, or as much of it as is taken; return whether all was."""
        try:
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return False
        return True

    def receive(self) -> bool:
        """Take in what has come; return whether the answer is whole. Raises ServiceBroken."""
        while True:
            try:
                data = self.socket.recv(LARGEST_READ)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            if not data:
                raise ServiceBroken(Fault.CLOSED, "closed a connection instead of answering")
            self._received = data = self._received + data if self._received else data
            if self._template.is_whole(data):
                break
        self._received = b""
        if not self._template.matches(data):
            raise ServiceBroken(Fault.WRONG, self._template.difference(data))
        return True
