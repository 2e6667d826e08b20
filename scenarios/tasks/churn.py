"""Tasks that come and go one after another, as a server starts them."""

from anyio import TASK_STATUS_IGNORED, create_task_group
from anyio.abc import TaskStatus
from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario

TASKS = 100


async def pause(number: int) -> int:
    await checkpoint()
    return number


@scenario(returns=sum(range(TASKS)))
async def spawn_and_join(gather: Gather) -> int:
    """Start one task and wait for it, a hundred times over.

    One iteration is 100 gathers of one task each. It isolates opening and closing a gatherer
    around a task, where `fan_out` shares one among many. It does not show tasks that overlap.
    """
    total = 0
    for number in range(TASKS):
        [result] = await gather(pause(number))
        total += result
    return total


async def serve(number: int, ended: list[int], *, task_status: TaskStatus[int] = TASK_STATUS_IGNORED) -> None:
    task_status.started(number)
    await checkpoint()
    ended.append(number)


@scenario(returns=[sum(range(TASKS))] * 2)
async def start_and_report() -> list[int]:
    """Start tasks in an AnyIO task group and wait until each has said that it is ready.

    One iteration is 100 times `TaskGroup.start` in one group. It isolates the handshake between
    a task and who starts it, which servers pay for each service. It does not show plain
    `start_soon`, nor what a task does once it has started.
    """
    ended: list[int] = []
    ready = 0
    async with create_task_group() as group:
        for number in range(TASKS):
            ready += await group.start(serve, number, ended)
    return [ready, sum(ended)]
