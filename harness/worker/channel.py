"""The worker's end of the two pipes to its parent."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from typing import Any


class Channel:
    """Reads and writes messages; blocks, so that a worker that waits for its turn uses no CPU."""

    def __init__(self, commands: int, replies: int) -> None:
        for descriptor in (commands, replies):
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional only; a scenario's own children must not hold our pipes
        self._commands = os.fdopen(commands, "rb", buffering=0)
        self._replies = replies
        self._pipe = os.fstat(replies)
        self.is_sending = False

    def receive(self) -> dict[str, Any]:
        """The next message. Raises EOFError when the parent has gone."""
        line = self._commands.readline()
        if not line:
            raise EOFError("the parent closed the pipe")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Close both pipes: this process answers on others from now on."""
        self._commands.close()
        with suppress(OSError):  # they may be one socket
            os.close(self._replies)

    def wait_for_the_end(self) -> None:
        """Do nothing until the parent, which looks for what was left meanwhile, ends this process."""
        while self._commands.readline():
            """Nothing is asked of a worker that is done."""

    def send(self, kind: str, message: object = None) -> None:
        """Send one message: a dataclass or anything JSON can say, under its kind."""
        data = json.dumps({"kind": kind, "message": _plain(message)}).encode() + b"\n"
        self._check()
        self.is_sending = True
        while data:
            data = data[os.write(self._replies, data) :]
        self.is_sending = False

    def _check(self) -> None:
        """End the worker, saying why, where its pipe is closed or its descriptor another file's now."""
        try:
            same = os.path.samestat(os.fstat(self._replies), self._pipe)
        except OSError:
            same = False
        if not same:
            sys.exit(f"descriptor {self._replies}, on which this worker answers, was closed from inside")


def _plain(message: object) -> object:
    if isinstance(message, tuple):
        return [_plain(part) for part in message]
    return asdict(message) if is_dataclass(message) and not isinstance(message, type) else message
