"""In which format a gate answers; a module of its own, which the command line shows at once."""

from enum import StrEnum


class AnswerFormat(StrEnum):
    """The formats of a gate's answer."""

    TEXT = "text"
    MARKDOWN = "markdown"
