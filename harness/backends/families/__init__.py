"""The families of loops, one module each, which says how its loops are opened and its gatherers made.

Importing this package imports no family, and so no loop: a worker opens the one that its case is for.
"""

FAMILIES: dict[str, tuple[str, ...]] = {
    "asyncio": ("gather", "taskgroup", "anyio"),
    "trio": ("nursery", "anyio"),
}
"""The names of each family's gatherers, the default first; a family is named as its module is."""


def check_family(name: str) -> None:
    """Raise ValueError for a family that nobody knows: a scenario or a stranger's record may name any."""
    if name not in FAMILIES:
        raise ValueError(f"no family of loops is called {name!r}: choose of {', '.join(FAMILIES)}")
