"""The parts of an answer, as values."""

from dataclasses import dataclass, field
from enum import StrEnum

from harness.records.estimate import Estimate, Judgement


class Tone(StrEnum):
    """What a line of an answer means for the figures above it."""

    GOOD = "good"
    PLAIN = "plain"
    WARNING = "warning"
    FINDING = "finding"


class Subject(StrEnum):
    """What a remark is about."""

    SAMENESS = "sameness"
    """Whether all backends did the same."""
    TRUST = "trust"
    """Whether to believe the figures."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A line beside the figures, what it means for them, and what it is about."""

    tone: Tone
    text: str
    subject: Subject = Subject.TRUST


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """What an answer says of one backend in one line: in words, and as a ratio that a bar is drawn of.

    `ratio` is None where nothing was compared; then the words say what there is instead.
    """

    words: str
    ratio: Estimate | None = None
    judgement: Judgement | None = None

    @property
    def short(self) -> str:
        """The words for where there is little room: the judgement alone."""
        return self.words if self.judgement is None else str(self.judgement)


NOTHING = AnswerCell("–")
"""The cell of a backend that has no figure in a line."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A line of an answer: a benchmark, a family or a backend, with a cell for each of the answer's heads.

    `reference` is what the cells are compared with, the baseline's time; empty where there is no such thing.
    """

    name: str
    reference: str
    cells: tuple[AnswerCell, ...]


class SortOrder(StrEnum):
    """The order of an answer's lines."""

    PLAN = "plan"
    """As the benchmarks are measured."""
    NAME = "name"
    LESS = "less"
    """The surest gain first: the line whose interval lies furthest below 1."""
    MORE = "more"
    """The surest loss first: the line whose interval lies furthest above 1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees first: a heading, lines of figures, and remarks on whether to believe them.

    `heading` is in parts that stand side by side. `names_head` says what the figures are, `reference_head`
    is the head of the references, and `heads` are those of the cells. `left_out` says which lines are not
    shown, if any.
    """

    heading: tuple[str, ...]
    names_head: str = ""
    reference_head: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[AnswerRow, ...] = ()
    left_out: str = ""
    remarks: tuple[Remark, ...] = field(default=())
    cautions: tuple[Remark, ...] = ()
    """What must be known before any figure is read; it stands above them."""
