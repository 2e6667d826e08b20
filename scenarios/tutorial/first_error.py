"""With return_exceptions=False the first error is raised; what becomes of the other tasks."""

from harness.scenario import Gather, claim, differs, scenario
from scenarios.tutorial.documented import TASK_GROUP_ERRORS
from scenarios.tutorial.sibling import Sibling, fail_beside


@scenario(
    raises=ValueError("Oops"),
    prints=["the sibling ran on"],
    timed=False,
    differs=[
        differs(
            on=gatherer,
            raises=ExceptionGroup("", [ValueError("Oops")]),
            prints=["the sibling was cancelled"],
            because="a task group cancels the siblings of a task that fails, waits for them, "
            "and raises its error inside an exception group",
            source=source,
        )
        for gatherer, source in TASK_GROUP_ERRORS.items()
    ],
    claims=[
        claim(
            "Without return_exceptions=True the error of a task is raised as it is",
            where="syntax",
            raises=ValueError("Oops"),
        ),
        claim(
            "Without return_exceptions=True an error in one task stops the others",
            where="pitfalls",
            prints=["the sibling was cancelled"],
        ),
    ],
)
async def first_error(gather: Gather) -> None:
    """The first error is raised at once, and the siblings of the task that failed run on."""
    sibling = Sibling()
    try:
        await gather(fail_beside(sibling), sibling.run())
    finally:
        print("the sibling", await sibling.fate())


async def fail_at_last(sibling: Sibling) -> None:
    try:
        await sibling.run()
    finally:
        raise LookupError("too late")


@scenario(
    raises=ValueError("Oops"),
    timed=False,
    differs=[
        differs(
            on=gatherer,
            raises=ExceptionGroup("", [ValueError("Oops"), LookupError("too late")]),
            because="a task group waits for every task and raises all their errors in one group",
            source=source,
        )
        for gatherer, source in TASK_GROUP_ERRORS.items()
    ],
)
async def second_error(gather: Gather) -> None:
    """The error of a task that fails after another is lost without a word."""
    sibling = Sibling()
    try:
        await gather(fail_beside(sibling), fail_at_last(sibling))
    finally:
        await sibling.fate()
