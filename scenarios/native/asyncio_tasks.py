"""Fan-out and tree on asyncio alone: in its task groups, and with its gather."""

import asyncio
from typing import cast

from harness.scenario import Gather, scenario
from scenarios.tasks.leaves import BRANCHES, KINDS, LEVELS, Leaf, Leaves, native_tags
from scenarios.tasks.tree import Tree


async def pause(number: int) -> int:
    await asyncio.sleep(0)
    return number


@scenario(
    params={"n": [10, 100, 1000]},
    returns=lambda n: n * (n - 1) // 2,
    native="fan_out",
    only="asyncio",
    tags=["native"],
)
async def asyncio_fan_out(n: int) -> int:
    """`fan_out` in an asyncio.TaskGroup.

    One iteration starts n tasks of one sleep(0) each and adds up their results. Beside `fan_out`
    in AnyIO's task group it isolates what AnyIO adds. It does not show asyncio.gather, which
    `fan_out` itself runs on.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(pause(number)) for number in range(n)]
    return sum(task.result() for task in tasks)


class GroupTree:
    """A tree of tasks, each with a task group for the tree below it."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self.leaves = 0

    async def grow(self, levels: int) -> None:
        """One task and, below it, a tree of that many levels."""
        if levels == 0:
            await self._leaf()
            self.leaves += 1
            return
        async with asyncio.TaskGroup() as group:
            for _ in range(BRANCHES):
                group.create_task(self.grow(levels - 1))


@scenario(params={"kind": KINDS[:2]}, native="tree", only="asyncio", tags=native_tags)
async def asyncio_tree(kind: str) -> list[int]:
    """`tree` in asyncio's task groups, as `async_tree_*_tg` of pyperformance.

    One iteration is one tree of 55,986 tasks. Beside `tree` in AnyIO's task groups it isolates what
    AnyIO adds. It does not show gather: see `asyncio_tree_of_gathers`.
    """
    leaves = Leaves(asyncio.sleep)
    whole = GroupTree(leaves.of(kind))
    await whole.grow(LEVELS)
    return [whole.leaves, leaves.calls]


@scenario(params={"kind": KINDS[:2]}, only="asyncio", tags=["native", "scale"])
async def asyncio_tree_of_gathers(kind: str) -> list[int]:
    """`tree` with asyncio.gather, as `async_tree_*` of pyperformance.

    One iteration is one tree of 55,986 tasks. `tree` on a backend with asyncio.gather runs the same
    gathers, so beside it this isolates AnyIO's sleep alone. It does not show task groups.
    """
    leaves = Leaves(asyncio.sleep)
    whole = Tree(cast("Gather", asyncio.gather), leaves.of(kind))
    await whole.grow(LEVELS)
    return [whole.leaves, leaves.calls]
