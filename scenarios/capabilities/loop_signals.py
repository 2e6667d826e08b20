"""Signal handlers."""

import os
import signal
from threading import Timer

from scenarios.capabilities.capability import IDLE, loop_capability
from scenarios.capabilities.running_loop import running_loop


@loop_capability(
    title="signal handlers",
    reported=["uvloop#12", "uvloop#154"],
    returns={"called": "argument", "removed": [True, False], "default again": True},
)
async def loop_signal_handlers() -> dict[str, object]:
    """add_signal_handler: called by a signal that comes while the loop is idle, until removed."""
    loop = running_loop()
    called = loop.create_future()
    loop.add_signal_handler(signal.SIGUSR1, called.set_result, "argument")
    sender = Timer(IDLE, os.kill, (os.getpid(), signal.SIGUSR1))
    sender.start()
    await called
    sender.join()
    removed = [loop.remove_signal_handler(signal.SIGUSR1) for _ in range(2)]
    default = signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    return {"called": called.result(), "removed": removed, "default again": default}
