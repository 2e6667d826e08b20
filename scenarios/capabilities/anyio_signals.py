"""Signals through AnyIO."""

import os
import signal
from threading import Timer

from anyio import open_signal_receiver

from scenarios.capabilities.capability import IDLE, capability


@capability(returns=["SIGUSR1", "SIGUSR2"])
async def anyio_signals() -> list[str]:
    """A signal that comes while the loop is idle is received at once, and so is the next."""
    received = []
    with open_signal_receiver(signal.SIGUSR1, signal.SIGUSR2) as signals:
        for sent in (signal.SIGUSR1, signal.SIGUSR2):
            sender = Timer(IDLE, os.kill, (os.getpid(), sent))
            sender.start()
            received.append((await anext(signals)).name)
            sender.join()
    return received
