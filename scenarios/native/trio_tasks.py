"""Fan-out and tree on trio alone, in its nurseries."""

import trio

from harness.scenario import scenario
from scenarios.tasks.leaves import BRANCHES, KINDS, LEVELS, Leaf, Leaves, native_tags


async def pause(number: int, results: list[int]) -> None:
    await trio.lowlevel.checkpoint()
    results[number] = number


@scenario(
    params={"n": [10, 100, 1000]},
    returns=lambda n: n * (n - 1) // 2,
    native="fan_out",
    only="trio",
    tags=["native"],
)
async def trio_fan_out(n: int) -> int:
    """`fan_out` in a trio nursery.

    One iteration starts n tasks of one checkpoint each and adds up what they leave in a list, for a
    nursery hands no results over. Beside `fan_out` in AnyIO's task group it isolates what AnyIO
    adds. It does not show other loops: trio has only its own.
    """
    results = [0] * n
    async with trio.open_nursery() as nursery:
        for number in range(n):
            nursery.start_soon(pause, number, results)
    return sum(results)


class Tree:
    """A tree of tasks, each with a nursery for the tree below it."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self.leaves = 0

    async def grow(self, levels: int) -> None:
        """One task and, below it, a tree of that many levels."""
        if levels == 0:
            await self._leaf()
            self.leaves += 1
            return
        async with trio.open_nursery() as nursery:
            for _ in range(BRANCHES):
                nursery.start_soon(self.grow, levels - 1)


@scenario(params={"kind": KINDS[:2]}, native="tree", only="trio", tags=native_tags)
async def trio_tree(kind: str) -> list[int]:
    """`tree` in trio's nurseries.

    One iteration is one tree of 55,986 tasks. Beside `tree` in AnyIO's task groups it isolates what
    AnyIO adds. It does not show other loops: trio has only its own.
    """
    leaves = Leaves(trio.sleep)
    whole = Tree(leaves.of(kind))
    await whole.grow(LEVELS)
    return [whole.leaves, leaves.calls]
