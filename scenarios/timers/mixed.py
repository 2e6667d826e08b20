"""Many tasks that sleep for different times."""

from anyio import sleep

from harness.scenario import Gather, scenario

STEP = 0.002  # seconds; uvloop counts whole milliseconds
STEPS = 5


async def sleep_and_tell(number: int) -> int:
    await sleep((number % STEPS + 1) * STEP)
    return number


@scenario(params={"n": [10, 100, 1000]}, returns=lambda n: n * (n - 1) // 2, ideal=STEPS * STEP)
async def mixed_deadlines(gather: Gather, n: int) -> int:
    """Run n tasks that sleep for 2, 4, 6, 8 or 10 ms.

    One iteration is one gather of n tasks; shown is the time beyond the 10 ms of the longest. It
    isolates setting n timers and being late for none; with many tasks, starting them is part of it.
    It does not show timers that are taken back, which nearly all are: see `deadline_not_reached`.
    """
    return sum(await gather(*map(sleep_and_tell, range(n))))
