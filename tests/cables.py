"""Cables between a scheduler and its hosts that can be pulled: network namespaces where they may be made."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Protocol

OWN_NETWORK = "LOOPCMP_TESTS_OWN_NETWORK"
"""The environment variable that says that this process is alone in its network."""


class Cable(Protocol):
    """What a host reaches the scheduler by."""

    address: str
    within: tuple[str, ...]
    """The words before a command that runs at the far end."""

    def pull(self) -> None:
        """Have nothing arrive any more, at either end, though nothing is closed."""

    def plug_in(self) -> None:
        """Have everything arrive again that is sent from now on."""

    def close(self) -> None:
        """Put away what the cable was made of."""


class Link:
    """A proxy before a scheduler, which can be cut like a cable: nothing arrives, and nothing is closed."""

    within: tuple[str, ...] = ()

    def __init__(self, port: int) -> None:
        self.cut = threading.Event()
        self._port = port
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._ends.append(near)
                if self.cut.is_set():
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends.append(far)
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(2**16):
                if self.cut.is_set():
                    return
                target.sendall(part)
            if not self.cut.is_set():
                target.shutdown(socket.SHUT_WR)

    def pull(self) -> None:
        self.cut.set()

    def plug_in(self) -> None:
        self.cut.clear()

    def close(self) -> None:
        for each in (self._listener, *self._ends):
            each.close()


class Namespace:
    """A network of its own for a host, on the other end of a cable to this process's network."""

    _numbers = count(1)

    def __init__(self, port: int) -> None:
        number = next(self._numbers)
        self._near, far = f"near{number}", f"far{number}"
        own, other = f"10.77.{number}.1", f"10.77.{number}.2"
        self.address = f"{own}:{port}"
        self._holder = _alone()
        self.within: tuple[str, ...] = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")
        _ip("link", "add", self._near, "type", "veth", "peer", far, "netns", str(self._holder.pid))
        _ip("address", "add", f"{own}/30", "dev", self._near)
        _ip("link", "set", self._near, "up")
        _ip("address", "add", f"{other}/30", "dev", far, within=self.within)
        _ip("link", "set", far, "up", within=self.within)
        _ip("link", "set", "lo", "up", within=self.within)

    def pull(self) -> None:
        _ip("link", "set", self._near, "down")

    def plug_in(self) -> None:
        _ip("link", "set", self._near, "up")

    def close(self) -> None:
        _ip("link", "delete", self._near)
        self._holder.kill()
        self._holder.wait()


def _alone() -> "subprocess.Popen[bytes]":
    """A process in a network of its own, which is there as long as the process."""
    command = ["unshare", "--net", "sh", "-c", "echo && exec sleep infinity"]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        holder.stdout.readline()
    return holder


def _ip(*words: str, within: tuple[str, ...] = ()) -> None:
    subprocess.run([*within, "ip", *words], check=True)


def go_into_own_network() -> None:
    """Start this script again in a network of its own, where hosts can have theirs; stay where that fails."""
    trial = "ip link set lo up && ip link add near0 type veth peer name far0 && command -v nsenter"
    allowed = ["unshare", "--net", "sh", "-c", trial]
    if OWN_NETWORK in os.environ or sys.platform != "linux":
        return
    with suppress(OSError):
        if subprocess.run(allowed, check=False, capture_output=True).returncode == 0:
            command = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
            os.environ[OWN_NETWORK] = "1"
            os.execvp(command[0], [*command, sys.executable, *sys.argv])  # noqa: S606 - this process goes on so


def cable_of_this_system() -> Callable[[int], Cable]:
    """What makes a cable to a scheduler's port, as far as this process may."""
    return Namespace if OWN_NETWORK in os.environ else Link
