"""Results stand in the order in which the tasks were passed, whatever order they end in."""

from anyio import Event
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, claim, scenario

TASKS = 10


async def end_after(later: Event, own: Event, number: int, ended: list[int]) -> int:
    await later.wait()
    ended.append(number)
    own.set()
    return number


@scenario(
    prints=["ended: 9 8 7 6 5 4 3 2 1 0"],
    returns=list(range(TASKS)),
    claims=[
        claim(
            "Nothing is returned before every task has ended",
            where="syntax",
            prints=["ended: 9 8 7 6 5 4 3 2 1 0"],
        ),
        claim(
            "Results come in the order of the tasks",
            where="syntax",
            returns=list(range(TASKS)),
        ),
        claim(
            "Many awaitables can be passed, and they run concurrently: one can wait for the next",
            where="quick reference",
            prints=["ended: 9 8 7 6 5 4 3 2 1 0"],
        ),
        claim(
            "What is returned is a list, ordered as the tasks were passed",
            where="quick reference",
            returns=list(range(TASKS)),
        ),
        claim(
            "The order of results is the order of passing, even if the tasks end in reverse",
            where="takeaways",
            prints=["ended: 9 8 7 6 5 4 3 2 1 0"],
            returns=list(range(TASKS)),
        ),
    ],
)
async def ends_in_reverse(gather: Gather) -> list[int]:
    """Tasks that end in the opposite order still have their results in the order passed."""
    ends = [Event() for _ in range(TASKS + 1)]
    ends[TASKS].set()
    ended: list[int] = []
    results = await gather(*(end_after(ends[n + 1], ends[n], n, ended) for n in range(TASKS)))
    print("ended:", *ended)
    return results


async def pause(number: int) -> int:
    await checkpoint()
    return number


@scenario(params={"n": [1, 10, 100, 1000]}, returns=lambda n: list(range(n)))
async def order(gather: Gather, n: int) -> list[int]:
    """However many tasks of one checkpoint each there are, their results are in order."""
    return await gather(*map(pause, range(n)))


@scenario(returns=[], timed=False)
async def gather_nothing(gather: Gather) -> list[object]:
    """With nothing to run, gather gives an empty list."""
    return await gather()
