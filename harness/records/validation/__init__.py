"""What has the right shape may still be no record: numbers out of range, and names of what is not there.

Whatever is read from a file is checked here once, so that no report has to doubt it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from harness.records.validation import of_journals, of_records
from harness.records.validation.ranges import LARGEST_NUMBER, problems

__all__ = ["first_problem", "of_journals", "of_records"]


def first_problem(document: object, place: str = "") -> str | None:
    """Return what is wrong with a record or an entry of a journal, and where in it; None if nothing is."""
    return next(_all_problems(document, place), None)


def _all_problems(value: object, place: str) -> Iterator[str]:
    match value:
        case bool() | str() | None:
            return
        case int() | float():
            if not abs(value) <= LARGEST_NUMBER:
                yield f"{place} is {value:.3g}, which nothing here amounts to"
        case tuple() | list():
            for number, part in enumerate(value):
                yield from _all_problems(part, f"{place}[{number}]")
        case Mapping():
            for name, part in value.items():
                yield from _all_problems(part, f"{place}.{name}")
        case _ if is_dataclass(value):
            for field in fields(value):
                yield from _all_problems(getattr(value, field.name), f"{place}.{field.name}".lstrip("."))
            yield from (f"{place}{place and ': '}{problem}" for problem in problems(value))
