"""Many tasks at once: the cost of one task, and how it grows with their number."""

from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario

LARGEST = 10_000
"""The most tasks of a benchmark that belongs to every run; more take seconds and gigabytes."""


async def pause(number: int) -> int:
    await checkpoint()
    return number


@scenario(
    params={"n": [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]},
    returns=lambda n: n * (n - 1) // 2,
    tags=lambda n: ["scale"] if n > LARGEST else [],
)
async def fan_out(gather: Gather, n: int) -> int:
    """Start n tasks at once, let each pass one checkpoint, and collect their results.

    One iteration is one gather of n tasks. It isolates starting a task, resuming it once and
    handing over its result; peak memory divided by n is a task's. From 10,000 tasks on, much of
    the time is garbage collection. It does not show input, output, or tasks that start one by one.
    """
    return sum(await gather(*map(pause, range(n))))
