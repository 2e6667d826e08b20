"""What the leaves of a tree of tasks do; the tree's shape is that of CPython's async_tree benchmarks.

Those are `bm_async_tree` of pyperformance (github.com/python/pyperformance), where the numbers are from.
"""

from collections.abc import Awaitable, Callable
from math import factorial
from random import Random

LEVELS = 6
BRANCHES = 6

SEED = 0
IO_SECONDS = 0.05
MEMOIZABLE = 90
CPU_BOUND = 0.5
FACTORIAL = 500

KINDS = ("none", "io", "memoization", "cpu_io_mixed")


def tree_tags(kind: str) -> list[str]:
    """The tags of a tree: one of minutes is for scale, with a timer for every leaf or factorials in half."""
    return ["scale"] if kind in ("io", "cpu_io_mixed") else []


def native_tags(kind: str) -> list[str]:
    """The tags of a tree without AnyIO."""
    return ["native", *tree_tags(kind)]


Leaf = Callable[[], Awaitable[object]]


class Leaves:
    """The leaves of one tree: they share a cache, and draw from a seed of their own."""

    def __init__(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._sleep = sleep
        self._random = Random(SEED)
        self._cached: set[int] = set()
        self.calls = 0
        """Calls of the mocked input or output so far."""

    def of(self, kind: str) -> Leaf:
        """What a leaf of this kind does."""
        leaf: Leaf = getattr(self, kind)
        return leaf

    async def none(self) -> None:
        """Nothing at all."""

    async def io(self) -> None:
        """Wait for input or output."""
        await self._call()

    async def memoization(self) -> None:
        """Wait for input or output, unless it was asked for before."""
        wanted = self._random.randint(1, 100)
        if wanted <= MEMOIZABLE:
            if wanted in self._cached:
                return
            self._cached.add(wanted)
        await self._call()

    async def cpu_io_mixed(self) -> None:
        """Compute, or do as `memoization` does, with the same probability."""
        if self._random.random() < CPU_BOUND:
            factorial(FACTORIAL)
        else:
            await self.memoization()

    async def _call(self) -> None:
        self.calls += 1
        await self._sleep(IO_SECONDS)
