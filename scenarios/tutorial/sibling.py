"""Tasks that several scenarios need: one that waits to be released, one that fails beside it."""

from anyio import Event, get_cancelled_exc_class


class Sibling:
    """A task that waits until it is released, and remembers what became of it."""

    def __init__(self) -> None:
        self.started = Event()
        self._released = Event()
        self._ended = Event()
        self._fate = "never started"

    async def run(self) -> str:
        """Wait to be released."""
        self.started.set()
        try:
            await self._released.wait()
        except get_cancelled_exc_class():
            self._fate = "was cancelled"
            raise
        else:
            self._fate = "ran on"
            return self._fate
        finally:
            self._ended.set()

    async def fate(self) -> str:
        """Release the task if it still waits, and say what became of it once it has ended."""
        self._released.set()
        await self._ended.wait()
        return self._fate


async def fail_beside(*siblings: Sibling) -> None:
    """Fail as soon as every sibling has started: none is spared by starting late."""
    for sibling in siblings:
        await sibling.started.wait()
    raise ValueError("Oops")
