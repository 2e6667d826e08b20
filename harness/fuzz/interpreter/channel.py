"""The interpreter's end of the two pipes to its parent: lines of JSON."""

import json
import os
from typing import Any


class Channel:
    """Reads and writes messages; a loop that closes these descriptors has closed them for its own process."""

    def __init__(self, commands: int, replies: int) -> None:
        for descriptor in (commands, replies):
            os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional only
        self._commands = os.fdopen(commands, "rb")
        self._replies = replies

    def receive(self) -> dict[str, Any]:
        """The next message. Raises EOFError when the parent has gone."""
        line = self._commands.readline()
        if not line:
            raise EOFError("the parent closed the pipe")
        message: dict[str, Any] = json.loads(line)
        return message

    def send(self, kind: str, message: object = None) -> None:
        """Send one message, of anything that JSON can say."""
        data = json.dumps({"kind": kind, "message": message}).encode() + b"\n"
        while data:
            data = data[os.write(self._replies, data) :]
