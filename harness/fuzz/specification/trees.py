"""Exceptions as the trace writes them: `C` for a cancellation, `E7`, a type's name, or `G(…)` for a group."""

from collections.abc import Iterable
from functools import cache

NOTHING = "-"
"""In place of an exception, or of a value, where there is none."""

CANCELLED = "C"


def is_exception(value: object) -> bool:
    """Whether what an operation came back with is an exception, not a value."""
    return isinstance(value, str) and value != NOTHING


def group(parts: Iterable[str]) -> str:
    """An exception group of these, in the order in which the trace writes them."""
    return f"G({','.join(sorted(parts))})"


@cache
def parts_of(tree: str) -> tuple[str, ...]:
    """The exceptions that a group holds directly; the exception itself if it is no group."""
    if not tree.startswith("G("):
        return (tree,)
    parts: list[str] = []
    depth = start = 0
    inner = tree[2:-1]
    for index, character in enumerate(inner):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(inner[start:index])
            start = index + 1
    return (*parts, inner[start:])


@cache
def holds_cancelled(tree: str) -> bool:
    """Whether a cancellation is anywhere in it."""
    if tree.startswith("G("):
        return any(map(holds_cancelled, parts_of(tree)))
    return tree == CANCELLED


@cache
def is_all_cancelled(tree: str) -> bool:
    """Whether nothing but cancellations is in it."""
    if tree.startswith("G("):
        return all(map(is_all_cancelled, parts_of(tree)))
    return tree == CANCELLED


@cache
def without_cancelled(tree: str) -> str:
    """What is left of it when a scope has taken its cancellations out."""
    if tree == CANCELLED:
        return NOTHING
    if not tree.startswith("G("):
        return tree
    left = [part for part in map(without_cancelled, parts_of(tree)) if part != NOTHING]
    return group(left) if left else NOTHING
