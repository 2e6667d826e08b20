"""A program as it came over the wire, with a number for each statement and a name for each task."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

MAIN = 0
"""The name of the task that the program begins in; the others are numbered in the order of their blocks."""


@dataclass(slots=True)
class Node:
    """A statement: its keyword, its number, its fields in the order of the wire, and the tasks it starts."""

    keyword: str
    number: int
    fields: list[Any]
    tasks: list[int] = field(default_factory=list)


class Numbering:
    """Numbers statements in the order in which they are written, and tasks with what starts them."""

    def __init__(self) -> None:
        self._numbers = count()
        self._tasks = count(MAIN + 1)
        self.targets: list[int] = []
        """The statements that can be cancelled: scopes and groups, by number."""

    def block(self, wire: list[list[Any]]) -> list[Node]:
        """The statements of one block."""
        return [*map(self._node, wire)]

    def _node(self, wire: list[Any]) -> Node:
        node = Node(wire[0], next(self._numbers), [])
        if node.keyword in _TARGETS:
            self.targets.append(node.number)
        node.fields.extend(self._fields(node, wire))
        return node

    def _fields(self, node: Node, wire: list[Any]) -> Iterator[Any]:
        parent = node.keyword in _PARENTS
        for index, value in enumerate(wire[1:]):
            if parent and index == 1:
                node.tasks = [next(self._tasks) for _ in value]
                yield [self.block(child) for child in value]
            else:
                yield self.block(value) if isinstance(value, list) else value


_TARGETS = {"scope", "group"}
_PARENTS = {"group", "gather"}
"""Statements whose second field is a list of blocks, each run by a task of its own."""
