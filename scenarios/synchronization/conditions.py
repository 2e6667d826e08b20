"""A condition that many tasks wait on."""

from anyio import Condition, Event, create_task_group

from harness.scenario import scenario


class Gate:
    """Tasks wait on a condition until the gate is open."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting = 0
        self._condition = Condition()
        self._open = False
        self.all_waiting = Event()
        self.passed = 0

    async def pass_through(self) -> None:
        """Wait until the gate is open."""
        async with self._condition:
            self._waiting += 1
            if self._waiting == self._size:
                self.all_waiting.set()
            while not self._open:
                await self._condition.wait()
            self.passed += 1

    async def open(self) -> None:
        """Let everybody through."""
        async with self._condition:
            self._open = True
            self._condition.notify_all()


@scenario(params={"n": [10, 100]}, returns=lambda n: n)
async def condition_broadcast(n: int) -> int:
    """Wake n tasks that wait on a condition; each takes its lock again before it goes on.

    One iteration starts n tasks in a task group, notifies all once all of them wait, and leaves the
    group. It isolates a condition's wake-up with the queue for its lock behind it. It does not show
    the order in which they wake, which nobody promises.
    """
    gate = Gate(n)
    async with create_task_group() as group:
        for _ in range(n):
            group.start_soon(gate.pass_through)
        await gate.all_waiting.wait()
        await gate.open()
    return gate.passed
