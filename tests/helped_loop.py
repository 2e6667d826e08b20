"""asyncio's own loop with a helper thread, which works as long as the loop is open."""

import asyncio
from threading import Event, Thread


class HelpedLoop(asyncio.SelectorEventLoop):
    """A loop as those are that hand their system calls to threads of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._enough = Event()
        self._helper = Thread(target=self._help)
        self._helper.start()

    def _help(self) -> None:
        while not self._enough.wait(0.001):
            sum(range(50_000))

    def close(self) -> None:
        self._enough.set()
        self._helper.join()
        super().close()
