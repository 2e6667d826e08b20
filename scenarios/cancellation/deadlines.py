"""Time-outs: those that are never needed, which are nearly all, and those that are."""

from anyio import move_on_after, sleep_forever
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

TIMES = 100
HOUR = 3600.0
SOON = 0.01  # well above uvloop's whole milliseconds


@scenario(returns=0)
async def deadline_not_reached() -> int:
    """Do something quick under a time-out that does not fire.

    One iteration is 100 times `move_on_after(an hour)` around one checkpoint. It isolates setting
    and taking back a deadline, beside the turn of the loop that `checkpoints` shows. It does not
    show a loop that already holds many timers.
    """
    fired = 0
    for _ in range(TIMES):
        with move_on_after(HOUR) as scope:
            await checkpoint()
        fired += scope.cancelled_caught
    return fired


@scenario(returns=TIMES)
async def deadline_passed() -> int:
    """Wait under a time-out that has fired before the wait begins.

    One iteration is 100 times `move_on_after(0)` around a wait without end. It isolates delivering a
    cancellation to the task that runs, and catching it. It does not show timers: no time passes.
    """
    fired = 0
    for _ in range(TIMES):
        with move_on_after(0) as scope:
            await sleep_forever()
        fired += scope.cancelled_caught
    return fired


@scenario(returns=True, ideal=SOON)
async def deadline_reached() -> bool:
    """Wait under a time-out that fires while the task waits.

    One iteration is one time-out of 10 ms around a wait without end; shown is the time beyond those
    10 ms. It isolates how late the scope is left. It does not show other work: the loop is idle.
    """
    with move_on_after(SOON) as scope:
        await sleep_forever()
    return scope.cancelled_caught
