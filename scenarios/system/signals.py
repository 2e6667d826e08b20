"""Signals, received as items of an asynchronous iterator."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from anyio import open_signal_receiver

from harness.scenario import scenario

SENT = (signal.SIGUSR1, signal.SIGUSR2) * 5


@scenario(returns=[number.name for number in SENT])
@asynccontextmanager
async def signals_received() -> AsyncIterator[Callable[[], Awaitable[list[str]]]]:
    """The process sends itself signals of two kinds, and waits for each.

    One iteration is 10 signals, one after the other. It isolates the way from the system's interruption over
    Python's handler to a task. It shows nothing about signals that arrive faster than they are taken,
    of which the system may drop some.
    """
    with open_signal_receiver(*set(SENT)) as received:

        async def one(number: signal.Signals) -> str:
            signal.raise_signal(number)
            return (await anext(received)).name

        async def all_of_them() -> list[str]:
            return [await one(number) for number in SENT]

        yield all_of_them
