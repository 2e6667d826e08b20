"""A scenario that keeps something in every iteration."""

from anyio.lowlevel import checkpoint

from harness.scenario import scenario

kept: list[bytes] = []


@scenario(returns=1)
async def keeps() -> int:
    await checkpoint()
    kept.append(bytes(65536))
    return 1
