"""Pass the same awaitable twice."""

from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario


@scenario(prints=["ran once"], returns=["done", "done"], timed=False)
async def same_awaitable(gather: Gather) -> list[str]:
    """An awaitable passed twice runs once, and its result stands in both places."""

    async def run() -> str:
        await checkpoint()
        print("ran once")
        return "done"

    awaitable = run()
    return await gather(awaitable, awaitable)
