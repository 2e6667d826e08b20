"""A gather inside an AnyIO task group."""

from anyio import Event, create_task_group

from harness.scenario import Gather, differs, scenario
from scenarios.tutorial.documented import TASK_GROUP_ERRORS
from scenarios.tutorial.sibling import Sibling, fail_beside


@scenario(returns=["answered", "answered"], timed=False)
async def gather_in_task_group(gather: Gather) -> list[str]:
    """Gathered tasks and the tasks of the group around them can wait for one another."""
    asked, answered = Event(), Event()

    async def ask() -> str:
        asked.set()
        await answered.wait()
        return "answered"

    async def answer() -> None:
        await asked.wait()
        answered.set()

    answers: list[str] = []
    async with create_task_group() as group:
        group.start_soon(answer)
        answers += await gather(ask(), ask())
    return answers


@scenario(
    raises=ExceptionGroup("", [ValueError("Oops")]),
    prints=["the group's task was cancelled", "the gathered sibling ran on"],
    timed=False,
    differs=[
        differs(
            on=gatherer,
            raises=ExceptionGroup("", [ExceptionGroup("", [ValueError("Oops")])]),
            prints=["the group's task was cancelled", "the gathered sibling was cancelled"],
            because="a task group that an error leaves cancels its own tasks and adds a group",
            source=source,
        )
        for gatherer, source in TASK_GROUP_ERRORS.items()
    ],
)
async def error_in_task_group(gather: Gather) -> None:
    """An error that leaves gather cancels the group around it, but not the gathered siblings."""
    member, sibling = Sibling(), Sibling()
    try:
        async with create_task_group() as group:
            group.start_soon(member.run)
            await gather(fail_beside(member, sibling), sibling.run())
    finally:
        print("the group's task", await member.fate())
        print("the gathered sibling", await sibling.fate())
