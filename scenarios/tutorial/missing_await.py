"""The wrong way, a gather that nobody awaits, and the right way beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio import get_cancelled_exc_class, sleep_forever

from harness.scenario import (
    TASK_GROUPS,
    Gather,
    cancelled,
    claim,
    differs,
    never_awaited,
    never_retrieved,
    scenario,
)

NOTHING_STARTS = differs(
    on=TASK_GROUPS,
    prints=[],
    leaves=[never_awaited(), never_awaited()],
    because="a gather that is a coroutine function does nothing until it is awaited; Python warns "
    "of it and of the coroutine passed to it",
    source="documentation of developing with asyncio: detect never-awaited coroutines",
)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Print that a task has started, and how it ended."""
    print(name, "started")
    try:
        yield
    except get_cancelled_exc_class():
        print(name, "was cancelled")
        raise
    except ValueError:
        print(name, "failed")
        raise


async def fail() -> None:
    with told("fail"):
        raise ValueError("Oops")


async def wait() -> None:
    with told("wait"):
        await sleep_forever()


@scenario(
    prints=["fail started", "fail failed"],
    returns=None,
    leaves=never_retrieved(ValueError("Oops")),
    timed=False,
    differs=[NOTHING_STARTS],
    claims=[
        claim("Without an await, the task of the example does not run", where="example", prints=[]),
    ],
)
async def wrong_way(gather: Gather) -> None:
    """A task of a gather that nobody awaits runs to its end if it never suspends."""
    gather(fail())


@scenario(
    prints=["wait started", "wait was cancelled"],
    returns=None,
    leaves=never_retrieved(cancelled),
    timed=False,
    differs=[NOTHING_STARTS],
    claims=[
        claim("Tasks of a gather that nobody awaits do not run", where="pitfalls", prints=[]),
    ],
)
async def wrong_way_suspended(gather: Gather) -> None:
    """A task of a gather that nobody awaits starts, and is cancelled as the loop closes."""
    gather(wait())


@scenario(
    prints=["fail started", "fail failed", "[ValueError('Oops')]"],
    returns=[ValueError("Oops")],
    timed=False,
    claims=[
        claim(
            "A gather that is awaited runs its tasks and gives their results",
            where="takeaways",
            prints=["fail started", "fail failed", "[ValueError('Oops')]"],
            returns=[ValueError("Oops")],
        )
    ],
)
async def right_way(gather: Gather) -> list[BaseException | None]:
    """Awaited, the same task runs, and its error is handed over instead of logged."""
    results = await gather(fail(), return_exceptions=True)
    print(results)
    return results
