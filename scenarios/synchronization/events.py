"""One event that many tasks wait for."""

from anyio import Event, create_task_group

from harness.scenario import scenario


class Audience:
    """Tasks that wait for one event, and count themselves as it comes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._arrived = 0
        self.complete = Event()
        self.signal = Event()
        self.heard = 0

    async def listen(self) -> None:
        """Wait for the signal."""
        self._arrived += 1
        if self._arrived == self._size:
            self.complete.set()
        await self.signal.wait()
        self.heard += 1


@scenario(params={"n": [1, 10, 100, 1000]}, returns=lambda n: n)
async def event_broadcast(n: int) -> int:
    """Wake n waiting tasks with one event.

    One iteration starts n tasks in a task group, sets the event once all of them wait, and leaves the
    group. It isolates suspending on an event and waking all its waiters, on top of what `fan_out`
    shows. It does not show the order in which they wake, which nobody promises.
    """
    audience = Audience(n)
    async with create_task_group() as group:
        for _ in range(n):
            group.start_soon(audience.listen)
        await audience.complete.wait()
        audience.signal.set()
    return audience.heard
