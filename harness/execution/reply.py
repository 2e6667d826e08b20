"""What a worker sends: one message, and how deeply it may be nested."""

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


DEEPEST_MESSAGE = 250
"""The most levels of nesting in a message: ours take up to 213, and str() fails on a description of 330."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message from a worker: its kind, and its content as plain JSON values."""

    kind: str
    message: Any = None

    def read(self, shape: type[T]) -> T:
        """The content as a value of this shape. Raises msgspec.ValidationError if it has another."""
        return msgspec.convert(self.message, shape)

    @property
    def reason(self) -> str:
        """The words of a refusal, or the message's kind where it has none."""
        words = self.message.get("message") if isinstance(self.message, dict) else None
        return str(self.kind if words is None else words)


def is_nested_deeper(message: object, levels: int) -> bool:
    """Decide whether objects and lists stand in each other more often than so many times."""
    match message:
        case dict():
            parts = list(message.values())
        case list():
            parts = message
        case _:
            return False
    return levels == 0 or any(is_nested_deeper(part, levels - 1) for part in parts)
