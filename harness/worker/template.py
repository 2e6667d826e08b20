"""A template has imported what every case on one backend needs, and forks a worker for each of them.

It runs nothing: no loop is made in it, and it has no threads, so that a fork of it is what a fresh process is
right after its imports. What is drawn at random on import is drawn anew in each fork, except for the seed of
hashes. On Linux.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import time

from harness.backends.backend import Loop
from harness.worker.channel import Channel

LONGEST_REQUEST = 4096
"""The bytes of a request at most: the name of a worker's folder."""

DESCRIPTORS = 4
"""A worker's commands, replies, standard output and standard error."""


def wait_to_be_forked(channel: Channel, control: int, loop: Loop) -> Channel:
    """Fork a worker for every request on the socket `control`, and return its channel in each of them.

    A request is the name of a worker's folder, with its descriptors; the answer is its number, or -1 where
    it cannot be had this way. In the template itself this never returns: it ends with the parent.
    """
    family = importlib.import_module(f"harness.backends.families.{loop.family}")
    importlib.import_module(loop.module)
    importlib.import_module("harness.worker.observing")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    gc.collect()
    gc.freeze()  # what is imported is no garbage of a fork's, which would copy it by looking at it
    channel.send("ready")
    with socket.socket(fileno=os.dup(control)) as requests:
        while True:
            folder, descriptors, *_ = socket.recv_fds(requests, LONGEST_REQUEST, DESCRIPTORS)
            if not folder:
                sys.exit()
            number = _fork(len(descriptors))
            if number == 0:
                break
            for descriptor in descriptors:
                os.close(descriptor)
            requests.sendall(f"{number}\n".encode())
    channel.close()
    family.draw_anew()
    return _as_worker(os.fsdecode(folder), descriptors)


def _fork(descriptors: int) -> int:
    """Fork a process that the parent adopts; return its number, 0 in the process itself, or -1 for none.

    A process in between ends at once: its child is given to the parent, which adopts orphans meanwhile.
    """
    if descriptors != DESCRIPTORS or len(os.listdir("/proc/self/task")) > 1:  # a fork has one thread only
        return -1
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        os.close(reading)
        _go_on_in_a_child(writing)
        return 0
    os.close(writing)
    os.waitpid(between, 0)
    number = os.read(reading, 20)  # which the child writes once it leads a session
    os.close(reading)
    return int(number or -1)


def _go_on_in_a_child(writing: int) -> None:
    """End this process, and go on in a child of it that leads a session and has another parent."""
    between = os.getpid()
    try:
        child = os.fork()
    except OSError:
        os._exit(1)
    if child:
        os._exit(0)
    os.setsid()
    while os.getppid() == between:
        time.sleep(0.0001)
    os.write(writing, str(os.getpid()).encode())
    os.close(writing)


def _as_worker(folder: str, descriptors: list[int]) -> Channel:
    """Take over the folder and the descriptors of a worker, as one that is started afresh is given them."""
    commands, replies, output, errors = descriptors
    for descriptor, standard in ((output, 1), (errors, 2)):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ["TMPDIR"] = folder
    os.chdir(folder)
    sys.argv[1:3] = [str(commands), str(replies)]
    return Channel(commands, replies)
