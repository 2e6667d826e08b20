"""Pass something that cannot be awaited: which error, when, and what becomes of the rest."""

from collections.abc import Generator
from typing import Any

from harness.scenario import (
    ASYNCIO_GATHER,
    TASK_GROUPS,
    Gather,
    claim,
    differs,
    never_awaited,
    scenario,
)


async def say(message: str) -> str:
    print(message, "ran")
    return message


@scenario(
    raises=TypeError(),
    prints=["refused at the call", "before ran"],
    leaves=never_awaited(),
    timed=False,
    differs=[
        differs(
            on=TASK_GROUPS,
            prints=["refused at the await"],
            leaves=[never_awaited(), never_awaited()],
            because="a gather that is a coroutine function looks at nothing until it is awaited, "
            "and loopcmp's check every argument before the first starts",
            source="asyncio documentation of gather, which makes tasks when called; "
            "harness/backends/gatherers.py, which makes none",
        ),
        differs(
            on="asyncio-eager+gather",
            prints=["before ran", "refused at the call"],
            because="an eager task runs when it is made, up to where it first waits",
            source="asyncio documentation of eager_task_factory",
        ),
    ],
    claims=[
        claim(
            "Passing something that is not awaitable is an error",
            where="pitfalls",
            raises=TypeError(),
        ),
    ],
)
async def not_awaitable(gather: Gather) -> None:
    """A number is refused when gather is called: the task before it runs, the one after never."""
    number: Any = 42
    moment = "call"
    try:
        gathering = gather(say("before"), number, say("after"))
        moment = "await"
        await gathering
    finally:
        print("refused at the", moment)


@scenario(
    raises=TypeError(),
    timed=False,
    claims=[
        claim(
            "An async function counts as awaitable without being called",
            where="syntax",
            returns=["done"],
        ),
        claim(
            "Async functions are among what may be passed",
            where="takeaways",
            returns=["done"],
        ),
    ],
)
async def function_object(gather: Gather) -> list[str]:
    """An async function that was not called is no awaitable and is refused."""

    async def function() -> str:
        return "done"

    uncalled: Any = function
    return await gather(uncalled)


def generate() -> Generator[None, None, str]:
    yield
    return "done"


@scenario(
    raises=TypeError(),
    timed=False,
    differs=[
        differs(
            on=ASYNCIO_GATHER,
            python="<3.12",
            returns=["done"],
            because="until Python 3.12 asyncio took any generator for a coroutine of the old kind",
            source="What's New in Python 3.12: asyncio; cpython#102748",
        )
    ],
)
async def plain_generator(gather: Gather) -> list[str]:
    """A plain generator is no awaitable and is refused."""
    generator: Any = generate()
    return await gather(generator)
