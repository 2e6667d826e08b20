"""Context variables, which every task has its own view of."""

from contextvars import ContextVar

from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario

TASKS = 100

request: ContextVar[int] = ContextVar("request")


async def handle(number: int) -> int:
    inherited = request.get()
    request.set(number)
    await checkpoint()
    return inherited + request.get()


@scenario(returns=[*range(1, TASKS + 1), 1])
async def task_locals(gather: Gather) -> list[int]:
    """Each task inherits a context variable, sets its own value, and finds it again after a checkpoint.

    One iteration is a gather of 100 such tasks. It isolates copying the context for a task and
    entering it at every step. It does not show contexts with many variables.
    """
    request.set(1)
    return [*await gather(*map(handle, range(TASKS))), request.get()]
