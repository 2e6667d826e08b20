"""A table as every report draws it: cells of text under columns that say what they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What the cells of a column hold, which decides how they are aligned and styled."""

    TEXT = "text"
    NUMBER = "number"
    VERDICT = "verdict"
    """One of a few answers, each of which has a style of its own."""
    CODE = "code"
    """A name that is typed as it stands: of a benchmark, a backend, a command."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, and the kind of its cells."""

    head: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A title, columns, rows of cells (each a text, as many as there are columns), and footnotes."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the columns."""
        return tuple(column.head for column in self.columns)


def texts(*heads: str) -> tuple[Column, ...]:
    """Return columns of text with these heads."""
    return _columns(heads, ColumnKind.TEXT)


def numbers(*heads: str) -> tuple[Column, ...]:
    """Return columns of numbers with these heads."""
    return _columns(heads, ColumnKind.NUMBER)


def verdict_columns(*heads: str) -> tuple[Column, ...]:
    """Return columns of verdicts with these heads."""
    return _columns(heads, ColumnKind.VERDICT)


def names(*heads: str) -> tuple[Column, ...]:
    """Return columns of names that are typed as they stand."""
    return _columns(heads, ColumnKind.CODE)


def _columns(heads: Iterable[str], kind: ColumnKind) -> tuple[Column, ...]:
    return tuple(Column(head, kind) for head in heads)
