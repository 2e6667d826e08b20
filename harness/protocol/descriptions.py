"""A description puts a value into words, and an outcome says how a scenario ended.

They stand apart from observations, because a worker that only times pays for every class when it starts.
"""

from dataclasses import dataclass
from typing import Literal

Parameter = bool | int | float | str
"""A value that a scenario is swept over."""

AT_MOST, ONE_OF = "at_most", "one_of"
"""The type names of promises that more than one value keeps; their parts are the bound, or the choices."""

CANCELLED = "Cancelled"
"""The type name under which every library's own cancellation exception is described."""


@dataclass(frozen=True, slots=True)
class Description:
    """A value in words that compare type for type across processes.

    A leaf has `text` (its repr); a container, dataclass or exception has `parts`. A group's
    parts are sorted, because the order of errors inside a group is promised by nobody. With
    `any_order` (promises only) the parts are a multiset. `digest` stands for the parts of a
    value whose description would exceed 64 KiB: of the parts in order, and of them sorted.
    """

    type: str
    text: str = ""
    parts: tuple["Description", ...] = ()
    any_order: bool = False
    digest: tuple[str, str] | None = None

    def __str__(self) -> str:
        """Return the description roughly as Python would write it."""
        return _written(self)


_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "dict": ("{", "}")}


def _written(value: Description) -> str:
    if value.digest is not None:
        return f"{value.type}({value.text}, sha256 {value.digest[0][:12]})"
    if value.text:
        return value.text
    if value.type == "pair":
        return ": ".join(map(str, value.parts))
    opening, closing = _BRACKETS.get(value.type, (f"{value.type}(", ")"))
    inner = ", ".join(map(_entry, value.parts))
    if value.type == "tuple" and len(value.parts) == 1:
        inner += ","
    written = f"{opening}{inner}{closing}"
    return f"any_order({written})" if value.any_order else written


def _entry(part: Description) -> str:
    if part.type == "field":
        return f"{part.text}={part.parts[0]}"
    return str(part)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended: with a value or with an error."""

    how: Literal["returned", "raised"]
    what: Description

    def __str__(self) -> str:
        return f"{self.how} {self.what}"


DiagnosticKind = Literal["never-awaited", "never-retrieved", "destroyed-pending", "unclosed", "other", "any"]
