"""Run several awaitables side by side and get their results in one list."""

from anyio import sleep

from harness.scenario import Gather, claim, scenario

SECOND = 0.01  # the tutorial's second, a hundred times shorter


async def say_after(delay: float, message: str) -> str:
    await sleep(delay)
    return message


@scenario(
    prints=["['hello', 'world']"],
    returns=["hello", "world"],
    ideal=2 * SECOND,
    claims=[
        claim(
            "A coroutine is something that gather can run",
            where="syntax",
            returns=["hello", "world"],
        ),
        claim(
            "Of two tasks, the one passed first comes first in the list, though it ends last",
            where="example",
            prints=["['hello', 'world']"],
        ),
    ],
)
async def say_after_example(gather: Gather) -> list[str]:
    """Results come back in the order the tasks were passed, not the order they ended."""
    results = await gather(say_after(2 * SECOND, "hello"), say_after(1 * SECOND, "world"))
    print(results)
    return results
