"""A scenario that does what it is told to, and one that is well behaved."""

from anyio.lowlevel import checkpoint

from harness.scenario import scenario
from tests.hostile.acts import ACTS


@scenario(params={"act": list(ACTS)}, returns="fine", timed=False)
async def hostile(act: str) -> object:
    """Do something that no scenario should do."""
    await checkpoint()
    return ACTS[act]() or "fine"


@scenario(returns="fine", timed=False)
async def control() -> str:
    """Do nothing that could go wrong."""
    await checkpoint()
    return "fine"
