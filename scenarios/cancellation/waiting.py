"""Cancel tasks that wait, and let them clean up first."""

from anyio import CancelScope, Event, create_task_group, get_cancelled_exc_class
from anyio.lowlevel import checkpoint

from harness.scenario import scenario


class Crowd:
    """Tasks that wait for what never comes; says when all of them do, and counts those cancelled."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._never = Event()
        self._waiting = 0
        self.all_waiting = Event()
        self.cancelled = 0
        self.clean = 0

    async def wait(self) -> None:
        """Wait until cancelled."""
        self._waiting += 1
        if self._waiting == self._size:
            self.all_waiting.set()
        try:
            await self._never.wait()
        except get_cancelled_exc_class():
            self.cancelled += 1
            raise

    async def wait_and_clean_up(self) -> None:
        """Wait until cancelled, then do a last thing that must not be cancelled."""
        try:
            await self.wait()
        finally:
            with CancelScope(shield=True):
                await checkpoint()
                self.clean += 1


@scenario(params={"n": [10, 100, 1000]}, returns=lambda n: n)
async def cancel_waiting(n: int) -> int:
    """Cancel n tasks that wait for an event, and wait until all have ended.

    One iteration starts n tasks in a task group, cancels the group once all of them wait, and leaves
    it. It isolates delivering a cancellation to a task, on top of what `fan_out` shows. It does
    not show tasks that ignore or delay their cancellation.
    """
    crowd = Crowd(n)
    async with create_task_group() as group:
        for _ in range(n):
            group.start_soon(crowd.wait)
        await crowd.all_waiting.wait()
        group.cancel_scope.cancel()
    return crowd.cancelled


@scenario(params={"n": [10, 100]}, returns=lambda n: [n, n])
async def shielded_clean_up(n: int) -> list[int]:
    """Cancel n tasks, each of which passes a checkpoint inside a shield before it ends.

    One iteration is as in `cancel_waiting`, with a shielded scope in every task. It isolates what
    clean-up costs while a cancellation is under way, and that no shield is broken. It does not show
    clean-up that takes long.
    """
    crowd = Crowd(n)
    async with create_task_group() as group:
        for _ in range(n):
            group.start_soon(crowd.wait_and_clean_up)
        await crowd.all_waiting.wait()
        group.cancel_scope.cancel()
    return [crowd.cancelled, crowd.clean]
