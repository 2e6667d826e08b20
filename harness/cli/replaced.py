"""Options that another command has replaced: typing one is answered with what to type instead."""

from collections.abc import Sequence

from harness.errors import BadInput

_REPLACED = {
    ("run", "--resume"): "loopcmp resume [FOLDER]",
    ("list", "--envs"): "loopcmp list environments",
    ("compare", "--fail-if-slower"): "loopcmp gate NEW --against OLD --limit PERCENT",
}
"""The command and the option that went, and what does the same now."""


def refuse_replaced(words: Sequence[str]) -> None:
    """Raise BadInput, with the command to type, where the words of a command line have such an option."""
    for word in words[1:]:
        if instead := _REPLACED.get((words[0], word.partition("=")[0])):
            raise BadInput(f"{words[0]} {word} has been replaced: type {instead}")
