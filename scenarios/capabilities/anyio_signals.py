"""Signals through AnyIO."""

import os
import signal
from threading import Timer

from anyio import move_on_after, open_signal_receiver, run_process, sleep_forever

from harness.scenario import differs
from scenarios.capabilities.anyio_processes import python
from scenarios.capabilities.capability import IDLE, PATIENCE, capability


@capability(title="signals, received one by one", reported=["uvloop#94"], returns=["SIGUSR1", "SIGUSR2"])
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


@capability(
    title="Ctrl-C",
    reported=["uvloop#295", "rloop#39"],
    raises=KeyboardInterrupt(),
    prints=["cleaned up"],
)
async def anyio_interrupt() -> None:
    """SIGINT ends the story where it waits, and the run with KeyboardInterrupt."""
    sender = Timer(IDLE, os.kill, (os.getpid(), signal.SIGINT))
    sender.start()
    try:
        await sleep_forever()
    finally:
        sender.join()
        print("cleaned up")


@capability(
    title="signals of child processes that end",
    reported=["uvloop#409"],
    returns={"received": "SIGCHLD", "exit code": 3},
    differs=[
        differs(
            on="uvloop+*",
            raises=RuntimeError(
                "cannot add a signal handler for SIGCHLD: it is used by the event loop to track subprocesses"
            ),
            because="uvloop keeps SIGCHLD for itself",
            source="uvloop#409",
        )
    ],
)
async def anyio_child_signal() -> dict[str, object]:
    """SIGCHLD can be listened to, and the child process is waited for all the same."""
    with open_signal_receiver(signal.SIGCHLD) as signals:
        ended = await run_process(python("raise SystemExit(3)"), check=False)
        with move_on_after(PATIENCE):
            return {"received": (await anext(signals)).name, "exit code": ended.returncode}
    return {"received": "nothing", "exit code": ended.returncode}
