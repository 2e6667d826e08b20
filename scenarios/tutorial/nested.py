"""Gathers inside a gather, and an error that leaves the inner one."""

from anyio.lowlevel import checkpoint

from harness.scenario import Gather, differs, scenario
from scenarios.tutorial.documented import TASK_GROUP_ERRORS
from scenarios.tutorial.sibling import Sibling, fail_beside


async def multiply(row: int, column: int) -> int:
    await checkpoint()
    return row * column


@scenario(returns=[[row * column for column in range(10)] for row in range(10)])
async def nested_gathers(gather: Gather) -> list[list[int]]:
    """Ten gathers of ten tasks each give their results row by row."""
    rows = (gather(*(multiply(row, column) for column in range(10))) for row in range(10))
    return await gather(*rows)


@scenario(
    raises=ValueError("Oops"),
    prints=["the inner sibling ran on", "the outer sibling ran on"],
    timed=False,
    differs=[
        differs(
            on=gatherer,
            raises=ExceptionGroup("", [ExceptionGroup("", [ValueError("Oops")])]),
            prints=["the inner sibling was cancelled", "the outer sibling was cancelled"],
            because="each task group that an error leaves cancels its own tasks and adds a group",
            source=source,
        )
        for gatherer, source in TASK_GROUP_ERRORS.items()
    ],
)
async def nested_error(gather: Gather) -> None:
    """An error passes through two gathers as it is, and the siblings in both run on."""
    inner, outer = Sibling(), Sibling()
    try:
        await gather(gather(fail_beside(inner, outer), inner.run()), outer.run())
    finally:
        print("the inner sibling", await inner.fate())
        print("the outer sibling", await outer.fate())


async def fail() -> None:
    raise ValueError("Oops")


@scenario(
    returns=[[None], ValueError("Oops"), [ValueError("Oops")]],
    timed=False,
    differs=[
        differs(
            on=gatherer,
            returns=[[None], ExceptionGroup("", [ValueError("Oops")]), [ValueError("Oops")]],
            because="what leaves a task group is an exception group, and that is what is kept",
            source=source,
        )
        for gatherer, source in TASK_GROUP_ERRORS.items()
    ],
)
async def keep_nested_error(gather: Gather) -> list[object]:
    """The outer gather keeps what the inner one raises; the inner keeps what its task raises."""
    return await gather(
        gather(checkpoint()),
        gather(fail()),
        gather(fail(), return_exceptions=True),
        return_exceptions=True,
    )
