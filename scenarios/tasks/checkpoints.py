"""Giving way to the loop, and awaiting without ever doing so."""

from anyio import sleep
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

TIMES = 100
DEEP = 100


@scenario(params={"how": ["checkpoint", "sleep"]}, returns=TIMES)
async def checkpoints(how: str) -> int:
    """Give way to the loop with nothing else to run, by a checkpoint or by sleep(0).

    One iteration is 100 of them. It isolates one turn of the loop: suspending, polling once and
    resuming. It does not show switching between tasks.
    """
    passed = 0
    for _ in range(TIMES):
        await (checkpoint() if how == "checkpoint" else sleep(0))  # noqa: ASYNC115 - to tell the two apart
        passed += 1
    return passed


async def descend(levels: int) -> int:
    return 1 + await descend(levels - 1) if levels else 0


@scenario(returns=DEEP, tags=["control"])
async def await_chain() -> int:
    """A control: a hundred coroutines await one another and never suspend.

    One iteration is one chain, 100 deep. The loop has no part in it, so it must come out equal on
    all of them; where it does not, something else differs between the workers. It shows nothing
    about loops.
    """
    return await descend(DEEP)
