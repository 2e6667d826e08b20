"""The open descriptors and child processes of this process, and what each of them is."""

import os
import resource
import stat
from contextlib import suppress


def open_descriptors() -> set[int]:
    """Return all open descriptors; where a scenario has left none to list them with, each is tried."""
    try:
        return set(map(int, os.listdir("/dev/fd")))
    except OSError:
        return set(filter(_is_open, range(resource.getrlimit(resource.RLIMIT_NOFILE)[0])))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def descriptor_in_words(descriptor: int) -> str | None:
    """Say what a descriptor is: "socket TCP 127.0.0.1:1234", "pipe", a file; None where it is closed."""
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return None
    if stat.S_ISSOCK(mode):
        return _socket_in_words(descriptor)
    if stat.S_ISFIFO(mode):
        return "pipe"
    target = ""
    with suppress(OSError):  # no /proc
        target = os.readlink(f"/proc/self/fd/{descriptor}")
    if target.startswith("anon_inode:"):
        return target.removeprefix("anon_inode:").strip("[]")
    place = target if target.startswith(("/dev/", "/proc/")) else os.path.basename(target)
    return f"{'folder' if stat.S_ISDIR(mode) else 'file'} {place}".strip()


def _socket_in_words(descriptor: int) -> str:
    """Say which kind of socket it is, its own address and that of its peer."""
    import socket  # noqa: PLC0415 - trio needs none when it starts

    words = ["socket"]
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        words.append(_KINDS.get((copy.family.name, copy.type.name), f"{copy.family.name} {copy.type.name}"))
        words.append(_address(copy.getsockname()))
        with suppress(OSError):
            words.append(f"connected to {_address(copy.getpeername())}")
    return " ".join(filter(None, words))


_KINDS = {
    ("AF_INET", "SOCK_STREAM"): "TCP",
    ("AF_INET6", "SOCK_STREAM"): "TCP",
    ("AF_INET", "SOCK_DGRAM"): "UDP",
    ("AF_INET6", "SOCK_DGRAM"): "UDP",
    ("AF_UNIX", "SOCK_STREAM"): "UNIX",
}


def _address(address: object) -> str:
    match address:
        case (str(host), int(port), *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case str():
            return os.path.basename(address) or "without a name"
        case _:
            return ""


def child_processes() -> set[str]:
    """Return the child processes of every thread, where /proc tells; a zombie nobody waited for counts."""
    try:
        return {child for thread in os.listdir("/proc/self/task") for child in children_of_thread(thread)}
    except OSError:  # no /proc
        return set()


def children_of_thread(thread: str) -> list[str]:
    """Return the child processes of one thread; none where it ended while it was asked."""
    try:
        with open(f"/proc/self/task/{thread}/children") as file:
            return file.read().split()
    except OSError:  # it ended while it was looked at: its children are its process's now
        return []


def process_in_words(pid: str) -> str:
    """Return a process's command as it was started, without the folders of its first word."""
    command = b""
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        command = file.read()
    program, *arguments = command.decode(errors="backslashreplace").split("\0")
    return " ".join([os.path.basename(program), *arguments]).strip() or "a zombie"
