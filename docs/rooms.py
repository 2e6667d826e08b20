"""Draws which room of `harness/` imports which, from the graph that import-linter uses.

    python docs/rooms.py

A room is a package or a module right under `harness/`, or `scenarios`. An arrow is one room's importing of
another, however many modules of theirs it concerns.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import grimp

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
PACKAGES = ("harness", "scenarios")


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """One room imports another, by this many imports of modules."""

    importer: str
    imported: str
    imports: int

    def __str__(self) -> str:
        return f"{self.importer} → {self.imported}"


@cache
def layers_contract() -> dict[str, Any]:
    """Read import-linter's contract that says which room stands on which floor."""
    settings = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [contract] = [contract for contract in contracts if contract["type"] == "layers"]
    return dict(contract)


def floors() -> tuple[tuple[str, ...], ...]:
    """Return the rooms of every floor, the highest first."""
    return tuple(
        tuple(room_of(name.strip()) for name in floor.split("|")) for floor in layers_contract()["layers"]
    )


def room_of(module: str) -> str:
    """Name the room that a module stands in; the top of `harness` itself is in none."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "harness" else package


def arrows() -> tuple[Arrow, ...]:
    """Return every arrow between two rooms, without the imports that the contract ignores."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    } - ignored()
    counts = Counter((room_of(importer), room_of(imported)) for importer, imported in imports)
    return tuple(
        Arrow(importer, imported, count)
        for (importer, imported), count in sorted(counts.items())
        if importer and imported and importer != imported
    )


def ignored() -> set[tuple[str, str]]:
    """Return the imports of one module by another that the contract ignores for the time being."""
    pairs = (line.split(" -> ") for line in layers_contract().get("ignore_imports", ()))
    return {(importer, imported) for importer, imported in pairs}


def not_downward(drawn: Iterable[Arrow]) -> list[Arrow]:
    """Return the arrows that do not lead to a lower floor."""
    floor_of = {room: number for number, rooms in enumerate(floors()) for room in rooms}
    return [arrow for arrow in drawn if floor_of[arrow.importer] >= floor_of[arrow.imported]]


def circle(drawn: Iterable[Arrow]) -> list[str]:
    """Return rooms that import one another in a circle, the first again at the end; or an empty list."""
    imports: dict[str, set[str]] = {}
    for arrow in drawn:
        imports.setdefault(arrow.importer, set()).add(arrow.imported)
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def picture(drawn: Iterable[Arrow]) -> str:
    """Write a line for every room, the highest first: what it imports, and by how many imports."""
    rooms = [room for floor in floors() for room in floor]
    targets: dict[str, list[str]] = {room: [] for room in rooms}
    for arrow in sorted(drawn, key=lambda arrow: rooms.index(arrow.imported)):
        targets[arrow.importer].append(f"{arrow.imported} {arrow.imports}")
    width = max(map(len, rooms))
    return "\n".join(f"{room:{width}} → {', '.join(targets[room]) or 'nothing'}" for room in rooms)


def main() -> None:
    """Print the picture, how many arrows there are, and every arrow that ought not to be."""
    drawn = arrows()
    print(picture(drawn))
    print(f"{len(drawn)} arrows between {sum(map(len, floors()))} rooms")
    for importer, imported in sorted(ignored()):
        print(f"ignored: {importer} → {imported}")
    for arrow in not_downward(drawn):
        print(f"not downward: {arrow}")
    if around := circle(drawn):
        print(f"a circle: {' → '.join(around)}")


if __name__ == "__main__":
    main()
