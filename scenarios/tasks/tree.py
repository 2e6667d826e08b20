"""A tree of tasks that wait for one another."""

from anyio import sleep

from harness.scenario import Gather, scenario
from scenarios.tasks.leaves import BRANCHES, KINDS, LEVELS, Leaf, Leaves, tree_tags


class Tree:
    """A tree that counts its leaves as they end."""

    def __init__(self, gather: Gather, leaf: Leaf) -> None:
        self._gather = gather
        self._leaf = leaf
        self.leaves = 0

    async def grow(self, levels: int) -> None:
        """One task and, below it, a tree of that many levels."""
        if levels == 0:
            await self._leaf()
            self.leaves += 1
            return
        await self._gather(*[self.grow(levels - 1) for _ in range(BRANCHES)])


@scenario(params={"kind": KINDS}, tags=tree_tags)
async def tree(gather: Gather, kind: str) -> list[int]:
    """Six levels of tasks with six branches each, as in CPython's async_tree benchmarks.

    One iteration is one tree: 55,986 tasks, 9,331 gathers. The leaves do nothing ("none"), sleep
    50 ms ("io"), sleep unless nine in ten cached answers spare them that ("memoization"), or do so
    or compute ("cpu_io_mixed"). It isolates deeply nested gathers. The draws are seeded anew every
    iteration, and the cache begins empty. An iteration takes most of a second, so workers live one
    at a time with one value each. It does not show real input or output.
    """
    leaves = Leaves(sleep)
    whole = Tree(gather, leaves.of(kind))
    await whole.grow(LEVELS)
    return [whole.leaves, leaves.calls]
