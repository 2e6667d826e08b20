"""With return_exceptions=True an error is a result like any other."""

from anyio import Event
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, claim, scenario


async def fail() -> None:
    raise ValueError("Oops")


@scenario(
    prints=["[ValueError('Oops')]"],
    returns=[ValueError("Oops")],
    timed=False,
    claims=[
        claim(
            "With return_exceptions=True an error is returned and not raised",
            where="syntax",
            returns=[ValueError("Oops")],
        ),
        claim(
            "The error prints as the only member of the list of results",
            where="example",
            prints=["[ValueError('Oops')]"],
        ),
    ],
)
async def keep_error(gather: Gather) -> list[BaseException | None]:
    """The error of a task that fails comes back in the list of results."""
    results = await gather(fail(), return_exceptions=True)
    print(results)
    return results


async def accept_odd(number: int) -> int:
    await checkpoint()
    if number % 2 == 0:
        raise ValueError(number)
    return number


MIXED = [ValueError(0), 1, ValueError(2), 3, ValueError(4), 5]


@scenario(
    returns=MIXED,
    claims=[
        claim(
            "With return_exceptions=True errors stand among the results, each in its task's place",
            where="quick reference",
            returns=MIXED,
        )
    ],
)
async def keep_errors(gather: Gather) -> list[int | BaseException]:
    """Values and errors each keep the place of their task."""
    return await gather(*map(accept_odd, range(6)), return_exceptions=True)


async def fail_and_tell(failed: Event) -> str:
    failed.set()
    raise ValueError("Oops")


async def outlive(failed: Event) -> str:
    await failed.wait()
    await checkpoint()  # had it been cancelled, it would end here
    return "ran on"


SURVIVED = ["ran on", ValueError("Oops"), "ran on"]


@scenario(
    returns=SURVIVED,
    timed=False,
    claims=[
        claim(
            "With return_exceptions=True an error stops no other task",
            where="pitfalls",
            returns=SURVIVED,
        ),
        claim(
            "return_exceptions=True is the way to handle errors while the other tasks go on",
            where="takeaways",
            returns=SURVIVED,
        ),
    ],
)
async def errors_stop_nothing(gather: Gather) -> list[str | BaseException]:
    """Tasks that are under way when another fails run to their end if its error is kept."""
    failed = Event()
    tasks = outlive(failed), fail_and_tell(failed), outlive(failed)
    return await gather(*tasks, return_exceptions=True)
