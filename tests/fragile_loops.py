"""asyncio's own loop, each with one thing that it does not do: what CPython's tests are tried on."""

import asyncio
import os
import time
from typing import Any


class FailsToDelay(asyncio.SelectorEventLoop):
    """Raises an error where it is asked for a delayed call."""

    def call_later(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        raise ValueError("Oops")


class CannotDelay(asyncio.SelectorEventLoop):
    """Says that it has no delayed calls."""

    def call_later(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError


class Crashes(asyncio.SelectorEventLoop):
    """Ends its process where it is asked for a delayed call."""

    def call_later(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        os.abort()


class Hangs(asyncio.SelectorEventLoop):
    """Never returns from a delayed call."""

    def call_later(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        while True:
            time.sleep(1)


class ClosesBadly(asyncio.SelectorEventLoop):
    """Does all that is asked of it, and raises an error when it is closed."""

    def close(self) -> None:
        super().close()
        raise RuntimeError("cannot be closed")


class DelaysWrongly(asyncio.SelectorEventLoop):
    """Calls what is delayed at once, with another argument."""

    def call_later(self, _: Any, callback: Any, *__: Any, **___: Any) -> Any:  # type: ignore[override]
        return self.call_soon(callback, "another")
