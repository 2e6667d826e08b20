"""What has the right shape may still be no record: numbers out of range, and names of what is not there.

Whatever is read from a file is checked here once, so that no report has to doubt it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from harness.records.validation import of_journals, of_records
from harness.records.validation.ranges import LARGEST_NUMBER, problems

__all__ = ["first_problem", "of_journals", "of_records"]


def first_problem(document: object, place: str = "") -> str | None:
    """Return what is wrong with a record or an entry of a journal, and where in it; None if nothing is."""
    return next(_all_problems(document, place), None)


def _all_problems(value: object, place: str) -> Iterator[str]:
    """Yield what is wrong in the parts of a value and with itself; a part is placed only where it is needed.

    A journal has millions of numbers, and each is looked at here.
    """
    for name, part in _parts(value):
        kind = type(part)
        if kind is int or kind is float:
            if not abs(part) <= LARGEST_NUMBER:
                yield f"{place}{_end(name, place)} is {part:.3g}, which nothing here amounts to"
        elif kind not in _LEAVES:
            yield from _all_problems(part, f"{place}{_end(name, place)}")
    if is_dataclass(value):
        yield from (f"{place}{place and ': '}{problem}" for problem in problems(value))


_LEAVES = frozenset({bool, str, type(None)})
"""The types of values of which nothing can be wrong."""


def _parts(value: object) -> Iterable[tuple[int | str, Any]]:
    match value:
        case tuple() | list():
            return enumerate(value)
        case Mapping():
            return value.items()
        case _ if is_dataclass(value):
            return ((name, getattr(value, name)) for name in _fields_of(type(value)))  # type: ignore[arg-type]
    return ()


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _end(name: int | str, place: str) -> str:
    """Return how the place of a part ends: "[2]", ".name", or "name" of what has no place."""
    if isinstance(name, int):
        return f"[{name}]"
    return f".{name}" if place else name
