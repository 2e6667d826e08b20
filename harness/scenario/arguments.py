"""What a scenario may take as arguments: what runs awaitables side by side, and another loop like its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, overload

T = TypeVar("T")


class Gather(Protocol):
    """Runs awaitables side by side and gives their results in the order they were passed.

    On asyncio loops it may be `asyncio.gather` itself, which satisfies this protocol.
    """

    @overload
    def __call__(
        self, *awaitables: Awaitable[T], return_exceptions: Literal[False] = False
    ) -> Awaitable[list[T]]: ...

    @overload
    def __call__(
        self, *awaitables: Awaitable[T], return_exceptions: bool
    ) -> Awaitable[list[T | BaseException]]: ...


@dataclass(frozen=True, slots=True)
class NewLoop:
    """How to start another loop like the one that a scenario runs on, as `new_loop` in its arguments.

    `run` runs a coroutine function on it as `anyio.run` does, from a thread that runs no loop.
    `modules` are what a fresh interpreter imports before it can do so.
    """

    run: Callable[[Callable[[], Awaitable[Any]]], Any]
    modules: tuple[str, ...]
