"""Cancel a gather, and let the scope around one expire."""

from collections.abc import Sequence

from anyio import CancelScope, Event, create_task_group, current_time, sleep_forever

from harness.scenario import ASYNCIO_GATHER, Gather, cancelled, differs, scenario
from scenarios.tutorial.sibling import Sibling


async def cancel_beside(siblings: Sequence[Sibling], scope: CancelScope) -> None:
    for sibling in siblings:
        await sibling.started.wait()
    scope.cancel()


@scenario(
    params={"return_exceptions": [False, True]},
    returns=["was cancelled", "was cancelled"],
    timed=False,
)
async def cancel_gather(gather: Gather, *, return_exceptions: bool) -> list[str]:
    """A cancelled gather cancels its tasks and ends, even if it keeps their errors."""
    siblings = [Sibling(), Sibling()]
    async with create_task_group() as group:
        group.start_soon(cancel_beside, siblings, group.cancel_scope)
        await gather(*(each.run() for each in siblings), return_exceptions=return_exceptions)
        print("not cancelled")
    return [await sibling.fate() for sibling in siblings]


async def expire(scope: CancelScope, failed: Event) -> None:
    await failed.wait()
    scope.deadline = current_time()
    await sleep_forever()


async def fail(failed: Event) -> None:
    failed.set()
    raise ValueError("Oops")


@scenario(
    returns="caught",
    timed=False,
    differs=[
        differs(
            on=ASYNCIO_GATHER,
            raises=cancelled,
            because="asyncio.gather takes a cancellation's message from its last task, which had "
            "already failed, and AnyIO knows its own cancellations by their message",
            source="cpython#76865 and the source of asyncio.gather; anyio#606",
        )
    ],
)
async def expired_scope(gather: Gather) -> str:
    """A scope that expires around a gather catches the cancellation that it caused."""
    with CancelScope() as scope:
        failed = Event()
        await gather(expire(scope, failed), fail(failed), return_exceptions=True)
    return "caught" if scope.cancelled_caught else "not cancelled"
