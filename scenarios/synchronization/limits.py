"""No more than so many at a time: a semaphore, and AnyIO's capacity limiter."""

from anyio import CapacityLimiter, Semaphore, create_task_group
from anyio.lowlevel import checkpoint

from harness.scenario import scenario

PLACES = 10
TASKS = 100


class Room:
    """Counts who is inside, and the most who ever were."""

    def __init__(self, limit: Semaphore | CapacityLimiter) -> None:
        self._limit = limit
        self._inside = 0
        self.most = 0
        self.visits = 0

    async def visit(self) -> None:
        """Wait for a place, stay for one checkpoint, and leave."""
        async with self._limit:
            self._inside += 1
            self.most = max(self.most, self._inside)
            await checkpoint()
            self._inside -= 1
            self.visits += 1


@scenario(params={"limit": ["semaphore", "capacity_limiter"]}, returns=[TASKS, PLACES])
async def ten_at_a_time(limit: str) -> list[int]:
    """A hundred tasks pass through ten places.

    One iteration starts 100 tasks in a task group, each holding one of 10 places over a checkpoint. It
    isolates waiting for a place and handing it on. It does not show a limit that is never reached.
    """
    room = Room(Semaphore(PLACES) if limit == "semaphore" else CapacityLimiter(PLACES))
    async with create_task_group() as group:
        for _ in range(TASKS):
            group.start_soon(room.visit)
    return [room.visits, room.most]
