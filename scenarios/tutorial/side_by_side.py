"""Tasks that wait wait at the same time: together they take as long as the longest of them."""

from anyio import current_time, sleep

from harness.scenario import Gather, claim, scenario

DELAYS = (0.05, 0.03) * 25  # far apart, also on a busy machine: 0.05 s at the longest, 2 s in all


@scenario(
    returns="the longest delay",
    timed=False,
    claims=[
        claim(
            "Tasks wait at the same time: all of them take about as long as the slowest",
            where="syntax",
            returns="the longest delay",
        ),
        claim(
            "Running many operations at once is efficient: their delays do not add up",
            where="takeaways",
            returns="the longest delay",
        ),
    ],
)
async def side_by_side(gather: Gather) -> str:
    """Fifty tasks that sleep take about the longest of their delays, not the sum."""
    start = current_time()
    await gather(*map(sleep, DELAYS))
    took = current_time() - start
    candidates = {"the longest delay": max(DELAYS), "the sum of the delays": sum(DELAYS)}
    return min(candidates, key=lambda name: abs(candidates[name] - took))
