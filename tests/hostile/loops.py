"""asyncio's own loop, except for what it does when it runs: `tests.hostile.loops:segfault` is a factory."""

import asyncio
from collections.abc import Callable

from tests.hostile.acts import ACTS, Act


class Hostile(asyncio.SelectorEventLoop):
    """A loop that acts before anything is run on it."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self._act = act

    def run_forever(self) -> None:
        act, self._act = self._act, int  # once: a runner runs its loop several times
        act()
        super().run_forever()


def __getattr__(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name not in ACTS:
        raise AttributeError(name)
    return lambda: Hostile(ACTS[name])
