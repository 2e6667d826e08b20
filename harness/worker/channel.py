"""The worker's end of the two pipes to its parent."""

import json
import os
from dataclasses import asdict, is_dataclass
from typing import Any


class Channel:
    """Reads and writes messages; blocks, so that a worker that waits for its turn uses no CPU."""

    def __init__(self, commands: int, replies: int) -> None:
        for descriptor in (commands, replies):
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional only; a story's own children must not hold our pipes
        self._commands = os.fdopen(commands, "rb", buffering=0)
        self._replies = replies

    def receive(self) -> dict[str, Any]:
        """The next message. Raises EOFError when the parent has gone."""
        line = self._commands.readline()
        if not line:
            raise EOFError("the parent closed the pipe")
        message: dict[str, Any] = json.loads(line)
        return message

    def send(self, kind: str, message: object = None) -> None:
        """Send one message: a dataclass or anything JSON can say, under its kind."""
        plain = asdict(message) if is_dataclass(message) and not isinstance(message, type) else message
        data = json.dumps({"kind": kind, "message": plain}).encode() + b"\n"
        while data:
            data = data[os.write(self._replies, data) :]
