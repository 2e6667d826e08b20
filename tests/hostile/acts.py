"""Hostile acts, each a function that a scenario calls, and that a loop does as soon as it runs."""

import ctypes
import locale
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

MESSAGE = (
    b'{"kind":"seen","message":{"observation":{"outcome":{"how":"returned","what":{"type":"str",'
    b'"text":"\'fine\'"}}},"times":1}}\n'
)
GIB = 2**30

kept: list[object] = []
"""What is to live as long as the worker."""


def replies() -> int:
    """The descriptor on which this worker answers."""
    return int(sys.argv[2])


def segfault() -> None:
    ctypes.string_at(0)


def abort() -> None:
    os.abort()


def exit_0() -> None:
    os._exit(0)


def exit_1() -> None:
    os._exit(1)


def sys_exit() -> None:
    sys.exit("enough")


def keyboard_interrupt() -> None:
    raise KeyboardInterrupt


def endless_loop() -> NoReturn:
    while True:
        pass


def hold_the_gil() -> None:
    ctypes.PyDLL(None).sleep(600)


def ignore_signals() -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGABRT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    endless_loop()


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def daemon() -> None:
    """End, and leave a grandchild in a session of its own that holds every pipe of the worker's."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pause()
        os._exit(0)
    os.wait()
    os._exit(0)


def child_left() -> None:
    if os.fork() == 0:
        signal.pause()


def flood() -> None:
    """1 GiB to standard output and to standard error, once."""
    if not kept:
        kept.append("flooded")
        for _ in range(1024):
            os.write(1, b"o" * 2**20)
            os.write(2, b"e" * 2**20)


def print_much() -> None:
    for _ in range(32):
        print("x" * 2**20)  # noqa: T201


def grow() -> NoReturn:
    while True:
        kept.append(bytearray(2**24))


def ten_thousand_descriptors() -> None:
    """Have 10,000 open at once, and leave a hundred of them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(10_000)]
    for descriptor in opened[100:]:
        os.close(descriptor)


def all_descriptors() -> None:
    """Take every descriptor that may be had, and end as if nothing had been."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
    try:
        while True:
            kept.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass


def close_our_pipe() -> None:
    os.close(replies())


def take_our_pipe() -> None:
    """Put another file where the worker's answers go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), replies())


def close_our_pipe_and_hang() -> NoReturn:
    os.close(replies())
    endless_loop()


def rubbish() -> None:
    os.write(replies(), b"rubbish\n")


def half_a_message() -> None:
    os.write(replies(), MESSAGE[:40])


def deep_message() -> None:
    os.write(replies(), b'{"kind":"seen","message":' + b"[" * 50_000 + b"\n")


def endless_messages() -> NoReturn:
    while True:
        os.write(replies(), MESSAGE)


def slow_messages() -> NoReturn:
    """An answer every second: none of them is late."""
    while True:
        time.sleep(1)
        os.write(replies(), MESSAGE)


def huge_value() -> bytes:
    return bytes(2**28)


def deep_value() -> list[object]:
    value: list[object] = []
    for _ in range(10_000):
        value = [value]
    return value


def deep_recursion() -> NoReturn:
    deep_recursion()


def patch_time() -> None:
    for name in ("time", "monotonic", "perf_counter"):
        setattr(time, name, lambda: 0.0)


def change_folder() -> None:
    os.chdir("/")


def remove_folder() -> None:
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


def nest_folders() -> None:
    """Folders nested more deeply than Python follows, or any path can say."""
    for _ in range(2_000):
        with suppress(FileExistsError):
            Path("nested").mkdir()
        os.chdir("nested")


def locale_and_signals() -> None:
    locale.setlocale(locale.LC_ALL, "C")
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def endless_thread() -> None:
    threading.Thread(target=threading.Event().wait).start()


def temporary_file() -> None:
    handle, _ = tempfile.mkstemp()
    os.close(handle)


class Spiteful(Exception):
    """Says nothing of itself, and raises when asked."""

    def __str__(self) -> str:
        raise ValueError("no")

    __repr__ = __str__

    @property
    def args(self) -> NoReturn:  # type: ignore[override]
        raise ValueError("no")


def spiteful_error() -> None:
    raise Spiteful


def spiteful_log() -> None:
    logging.getLogger("asyncio").error(Spiteful())


def deep_group() -> None:
    error: Exception = ValueError("inmost")
    for _ in range(10_000):
        error = ExceptionGroup("", [error])
    raise error


def close_stdout() -> None:
    sys.stdout.close()


Act = Callable[[], object]

ACTS: dict[str, Act] = {
    name: act
    for name, act in globals().items()
    if callable(act) and getattr(act, "__module__", "") == __name__ and not isinstance(act, type)
    if name != "replies"
}
