"""What a loop may do to its process, done whenever it is asked for a timer three instants away."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

KEPT: list[int] = []


def _when_a_timer_is_far(strike: Callable[[Any], None]) -> None:
    call_at = asyncio.BaseEventLoop.call_at

    def planted(self: Any, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        if when - self.time() == 3:
            strike(self)
        return call_at(self, when, callback, *args, context=context)

    asyncio.BaseEventLoop.call_at = planted  # type: ignore[assignment, method-assign]


def exits() -> None:
    _when_a_timer_is_far(lambda _: os._exit(7))


def crashes() -> None:
    _when_a_timer_is_far(lambda _: os.kill(os.getpid(), signal.SIGSEGV))


def floods_stderr() -> None:
    def strike(_loop: Any) -> None:
        for _ in range(100):
            sys.stderr.write("x" * 100_000)
        os.abort()

    _when_a_timer_is_far(strike)


def hangs() -> None:
    _when_a_timer_is_far(lambda _: time.sleep(3600))


def logs() -> None:
    _when_a_timer_is_far(lambda _: logging.getLogger("asyncio").error("something is wrong"))


def leaks_descriptors() -> None:
    _when_a_timer_is_far(lambda _: KEPT.append(os.dup(0)))


def raises() -> None:
    def strike(loop: Any) -> None:
        loop.run_forever = None

    run_until_complete = asyncio.BaseEventLoop.run_until_complete

    def planted(self: Any, future: Any) -> Any:
        result = run_until_complete(self, future)
        if self.run_forever is None:
            del self.run_forever
            raise RuntimeError("the loop is broken")
        return result

    asyncio.BaseEventLoop.run_until_complete = planted  # type: ignore[method-assign]
    _when_a_timer_is_far(strike)
